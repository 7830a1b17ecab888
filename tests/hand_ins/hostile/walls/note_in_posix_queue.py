# attack: Leaves a POSIX message queue and a named piece of shared memory, which outlive their process.
# hurts: Hands answers from one submission to the next.
# ends: returns
import multiprocessing.shared_memory
import os

from _raw import attempt, call


def attack(target):
    tried = []
    queue, error = call("mq_open", target["note"], os.O_CREAT | os.O_RDWR, 0o666, None)
    tried.append(f"mq_open: {error or queue}")
    if not error:
        tried.append(call("mq_timedsend", queue, target["note"], len(target["note"]), 0, None))
    return [*tried, attempt("shared", kept, target["note"])]


def kept(name):
    memory = multiprocessing.shared_memory.SharedMemory(name=name, create=True, size=4096)
    memory.buf[: len(name)] = name.encode()
    return memory.name
