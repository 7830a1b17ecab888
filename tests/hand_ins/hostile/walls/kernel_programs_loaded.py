# attack: Loads programs and counters into the kernel: bpf, perf_event_open, userfaultfd, fanotify, keyrings, seccomp listeners.
# hurts: Observes the whole machine, or wins races inside the kernel.
# never: got one
# ends: returns
import ctypes

from _raw import call


def attack(target):
    array = b"".join(number.to_bytes(4, "little") for number in (2, 4, 8, 1)) + bytes(112)
    program = bytes(128)
    counter = (1).to_bytes(4, "little") + (128).to_bytes(4, "little") + bytes(120)
    tries = (
        ("bpf", (0, array, 128)),
        ("bpf", (5, program, 128)),
        ("perf_event_open", (counter, 0, -1, -1, 0)),
        ("perf_event_open", (counter, target["judge_pid"], -1, -1, 0)),
        ("userfaultfd", (0,)),
        ("userfaultfd", (1,)),
        ("fanotify_init", (0, 0)),
        ("memfd_secret", (0,)),
        ("keyctl", (0, -4, 1)),
        ("keyctl", (1, 0)),
        ("open_by_handle_at", (3, bytes(16), 0)),
        ("lookup_dcookie", (0, ctypes.create_string_buffer(64), 64)),
        ("name_to_handle_at", (-100, "/nowhere", None, None, 0)),
    )
    return [f"{name}: {error or f'got one, {result}'}" for name, arguments in tries for result, error in [call(name, *arguments)]]
