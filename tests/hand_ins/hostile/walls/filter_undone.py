# attack: Undoes what was set up before it: no_new_privs, the filter of system calls, the dumpable bit, the death signal.
# hurts: Gets back what was given up.
# never: no new rights: 0|filter: 0|Seccomp:\s*0|NoNewPrivs:\s*0
# ends: returns
from _raw import attempt, call

DUMPABLE, GET_SECCOMP, SET_SECCOMP, DEATH, NO_NEW, GET_NO_NEW, TRACER = 4, 21, 22, 1, 38, 39, 0x59616D61
ALLOW_ALL = 0x7FFF0000


def attack(target):
    tried = [f"undo: {call('prctl', NO_NEW, value, 0, 0, 0)}" for value in (0, 2)]
    tried += [f"mode: {call('prctl', SET_SECCOMP, mode, 0)}" for mode in (0, 1 << 8)]
    tried += [f"dumpable: {call('prctl', DUMPABLE, 1)}, {call('prctl', TRACER, -1)}, {call('prctl', DEATH, 0)}"]
    tried += [f"other filter: {call('seccomp', 1, flags, allowing())}" for flags in (0, 4, 8)]
    tried.append(f"no new rights: {call('prctl', GET_NO_NEW, 0, 0, 0, 0)[0]}")
    tried.append(f"filter: {call('prctl', GET_SECCOMP)[0]}")
    return [*tried, attempt("status", status)]


def allowing():
    import ctypes

    instruction = (6).to_bytes(2, "little") + bytes(2) + ALLOW_ALL.to_bytes(4, "little")
    code = ctypes.create_string_buffer(instruction, 8)
    program = ctypes.create_string_buffer((1).to_bytes(8, "little") + ctypes.addressof(code).to_bytes(8, "little"), 16)
    program.keeps = code
    return program


def status():
    with open("/proc/self/status") as file:
        return [line for line in file if line.startswith(("Seccomp:", "NoNewPrivs:"))]
