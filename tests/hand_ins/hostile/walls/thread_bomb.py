# attack: Starts threads until it is refused.
# hurts: Leaves no thread for anybody else; threads count as processes.
# at most: 32 threads
# ends: returns or error
import threading
import time

from _raw import took

MOST = 300


def attack(target):
    threading.stack_size(1 << 16)
    made, why = 0, ""
    while made < MOST:
        try:
            threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        except RuntimeError as error:
            why = str(error)
            break
        made += 1
    return [took(made), why]
