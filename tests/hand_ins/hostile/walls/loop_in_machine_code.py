# attack: Runs an endless loop that no signal handler of Python interrupts, with every signal blocked.
# hurts: Hangs a grader that asks the process to end.
# ends: timeout
import signal

from _raw import MACHINE, machine_code


def attack(target):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    if MACHINE == "x86_64":
        machine_code(bytes.fromhex("ebfe"))()
    return 3 ** (10**9)
