# attack: Calls the kernel by the door of 32-bit programs, where the same numbers mean other calls.
# hurts: Gets past a filter that looks at the number alone.
# never: entered
# ends: returns or crash
from _raw import MACHINE, machine_code

# push rbx; mov eax, 20 (getpid of 32 bits); int 0x80; pop rbx; ret
INT_80 = bytes.fromhex("53b814000000cd805bc3")


def attack(target):
    if MACHINE != "x86_64":
        return "this machine has no such door"
    result = machine_code(INT_80)()
    return f"entered, {result}" if 0 < result < 2**22 else f"refused, {result}"
