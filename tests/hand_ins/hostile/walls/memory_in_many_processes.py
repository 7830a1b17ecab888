# attack: Takes memory in many children, each less than one process may have; some of them leave their session.
# hurts: Takes the memory of everybody, past a limit that counts for each process.
# ends: memory
# ends at B, C: returns or error
import os
import signal
import time

from _raw import MIB, took

CHILDREN = 20
EACH = 80


def attack(target):
    made = 0
    for number in range(CHILDREN):
        try:
            pid = os.fork()
        except OSError as error:
            return [took(made * EACH * MIB), str(error)]
        if pid == 0:
            signal.alarm(10)
            if number % 2:
                os.setsid()
            held = b"x" * (EACH * MIB)
            while held:
                signal.pause()
        made += 1
    time.sleep(2.5)
    return took(made * EACH * MIB)
