# attack: Crashes in every way one after the other, the handler of each crash being the next.
# hurts: Leaves a core file or hangs a grader that expects an exit code.
# ends: crash
import ctypes
import os
import resource
import signal


def attack(target):
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT):
        signal.signal(number, signal.SIG_IGN)
    ctypes.memset(8, 1, 64)
    os.abort()
