# attack: Opens the devices of the machine: disks, memory, kernel log, virtual machines, loop devices, and makes them anew.
# hurts: Reads and writes everything, past all files.
# never: opened the device
# ends: returns
import os
import stat

from _raw import attempt

NAMES = ("mem", "kmem", "port", "kmsg", "kvm", "fuse", "loop-control", "loop0", "vda", "sda", "nvme0n1", "dm-0", "mapper/control")
MORE = ("vhost-vsock", "vhost-net", "net/tun", "uinput", "input/event0", "userfaultfd", "rtc0", "tty0")
MADE = {"memory": ("c", 1, 1), "disk": ("b", 254, 0), "other disk": ("b", 8, 0), "log": ("c", 1, 11)}


def attack(target):
    tried = [attempt(name, opened, f"/dev/{name}") for name in NAMES + MORE]
    tried += [
        attempt(path, opened, path) for path in ("/proc/kcore", "/proc/kmsg", "/proc/kpagecount", "/sys/kernel/debug/sched")
    ]
    disk = os.stat("/usr").st_dev
    for name, (kind, major, minor) in {**MADE, "own disk": ("b", os.major(disk), os.minor(disk))}.items():
        tried.append(attempt(name, made, name, stat.S_IFBLK if kind == "b" else stat.S_IFCHR, os.makedev(major, minor)))
    return tried


def opened(path):
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
    return "opened the device"


def made(name, kind, number):
    os.mknod(name, kind | 0o666, number)
    return opened(name)
