# attack: Reads and clears the kernel's log.
# hurts: Shows addresses, and what others do on this machine.
# never: kernel log
# ends: returns
import ctypes

from _raw import attempt, call, read_file

READ_ALL, SIZE, LEVEL = 3, 10, 8


def attack(target):
    buffer = ctypes.create_string_buffer(4096)
    tried = []
    for kind, arguments in ((READ_ALL, (buffer, 4096)), (SIZE, (None, 0)), (2, (buffer, 0))):
        result, error = call("syslog", kind, *arguments)
        tried.append(f"{kind}: {error or f'kernel log, {result}'}")
    return [*tried, attempt("kmsg", read_file, "/dev/kmsg"), attempt("proc", read_file, "/proc/kmsg")]
