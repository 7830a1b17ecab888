# attack: Calls the kernel with the numbers of the x32 programs, which differ by one bit.
# hurts: Gets past a filter that lists the usual numbers.
# never: entered
# ends: returns or crash
from _raw import MACHINE, call

X32 = 0x40000000


def attack(target):
    if MACHINE != "x86_64":
        return "this machine has no such door"
    return [
        f"{number}: {error or f'entered, {result}'}" for number in (39, 102, 512, 520) for result, error in [call(X32 | number)]
    ]
