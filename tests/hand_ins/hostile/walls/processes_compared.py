# attack: Compares resources of other processes with kcmp, and asks where they keep their locks.
# hurts: Shows which files, memory and addresses other processes share.
# never: kcmp: [0-3]\b|robust list: 0
# ends: returns
import ctypes
import os

from _raw import call


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"], target["sibling_outer_pid"]):
        for kind in range(8):
            result, error = call("kcmp", pid, os.getpid(), kind, 0, 0)
            tried.append(f"kcmp: {error or result}")
        head, length = ctypes.c_uint64(), ctypes.c_uint64()
        result, error = call("get_robust_list", pid, ctypes.byref(head), ctypes.byref(length))
        tried.append(f"robust list: {error or result}")
    return tried
