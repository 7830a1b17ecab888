# expect: timeout
# attack: A regular expression keeps the interpreter busy in C, where no exception can reach it.
import re


def conv2d(x, w):
    return re.match(r"(a+)+$", "a" * 60 + "b")
