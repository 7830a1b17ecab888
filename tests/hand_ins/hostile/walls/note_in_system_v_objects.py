# attack: Leaves System V shared memory, a message queue and semaphores, which outlive their process.
# hurts: Hands answers from one submission to the next, and takes memory for ever.
# ends: returns
import zlib

from _raw import call

MAKE = 0o1666  # IPC_CREAT and everybody's rights


def attack(target):
    key = zlib.crc32(target["note"].encode()) & 0x7FFFFFFF
    shared, error = call("shmget", key, 4096, MAKE)
    tried = [f"shmget: {error or shared}"]
    queue, error = call("msgget", key, MAKE)
    tried.append(f"msgget: {error or queue}")
    if not error:
        call("msgsnd", queue, (1).to_bytes(8, "little") + target["note"].encode(), len(target["note"]), 0)
    semaphores, error = call("semget", key, 1, MAKE)
    return [*tried, f"semget: {error or semaphores}"]
