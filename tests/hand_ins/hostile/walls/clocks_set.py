# attack: Sets the clock of the machine, and adjusts its speed.
# hurts: Makes deadlines, certificates and times of handing in wrong.
# never: was set
# ends: returns
import ctypes
import time

from _raw import attempt, call


def attack(target):
    now = time.time_ns()
    value = (now // 10**9).to_bytes(8, "little") + (now % 10**9).to_bytes(8, "little")
    tried = [attempt("clock_settime", time.clock_settime_ns, time.CLOCK_REALTIME, time.time_ns())]
    for name, arguments in (
        ("clock_settime", (0, value)),
        ("settimeofday", (None, bytes(8))),
        ("settimeofday", ((now // 10**9).to_bytes(8, "little") + (now % 10**9 // 1000).to_bytes(8, "little"), None)),
        ("adjtimex", (adjusting(),)),
        ("clock_adjtime", (0, adjusting())),
    ):
        _, error = call(name, *arguments)
        tried.append(f"{name}: {error or 'was set'}")
    return [line.replace("clock_settime: None", "clock_settime: was set") for line in tried]


def adjusting():
    """The smallest change that still needs the right: the status bits as they are."""
    buffer = ctypes.create_string_buffer(208)
    call("adjtimex", buffer)
    buffer[0:4] = (0x10).to_bytes(4, "little")
    return buffer
