# attack: Prints without end, on both streams and past them.
# hurts: Fills the judge's memory or the page with what a submission prints.
# ends: returns or error or crash or timeout
import os
import sys
import time

MOST = 60_000_000


def attack(target):
    printed, end, piece = 0, time.monotonic() + 0.6, "x" * 65536
    while printed < MOST and time.monotonic() < end:
        sys.stdout.write(piece)
        sys.stderr.write("\x1b[2J" + piece)
        printed += os.write(1, piece.encode()) + os.write(2, piece.encode())
    return f"printed {printed}"
