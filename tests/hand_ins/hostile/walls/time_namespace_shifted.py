# attack: Makes a time name space and shifts the clocks of its children.
# hurts: Makes measurements of time wrong.
# never: shifted|made one
# ends: returns
import os

from _raw import attempt, call


def attack(target):
    _, error = call("unshare", 0x80)
    return [error or "made one", attempt("own offsets", shifted, "self"), attempt("other", shifted, target["judge_pid"])]


def shifted(pid):
    descriptor = os.open(f"/proc/{pid}/timens_offsets", os.O_WRONLY)
    os.write(descriptor, b"boottime 3600 0\n")
    os.close(descriptor)
    return "shifted"
