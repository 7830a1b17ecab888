# attack: Returns from a signal that never came, with a forged frame that sets every register.
# hurts: Takes the process to a state that nobody foresaw.
# ends: crash
from _raw import call, number_of


def attack(target):
    if number_of("rt_sigreturn") is None:
        return "no such call"
    return call("rt_sigreturn")
