"""What the attacks on the walls share: system calls by number, and ways to try a thing and note what came of it."""

import contextlib
import ctypes
import errno
import mmap
import os
import platform
import subprocess
import threading

MACHINE = platform.machine()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
AT_FDCWD = -100
MIB = 1 << 20

# name: its number on x86_64, and on the machines that share the generic table (None: it has none there)
NUMBERS = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "capset": (126, 91),
    "chmod": (90, None),
    "chown": (92, None),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "creat": (85, None),
    "delete_module": (176, 106),
    "epoll_create1": (291, 20),
    "eventfd2": (290, 19),
    "fanotify_init": (300, 262),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchownat": (260, 54),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsetxattr": (190, 7),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "futimesat": (261, None),
    "get_robust_list": (274, 100),
    "getdents64": (217, 61),
    "init_module": (175, 105),
    "inotify_add_watch": (254, 27),
    "inotify_init1": (294, 26),
    "io_setup": (206, 0),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lchown": (94, None),
    "lookup_dcookie": (212, 18),
    "lsetxattr": (189, 6),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mkdir": (83, None),
    "mlockall": (151, 230),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "mq_timedsend": (242, 182),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open": (2, None),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "openat": (257, 56),
    "openat2": (437, 437),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "read": (0, 63),
    "reboot": (169, 142),
    "renameat2": (316, 276),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_sigreturn": (15, 139),
    "sched_setattr": (314, 274),
    "seccomp": (317, 277),
    "semget": (64, 190),
    "setdomainname": (171, 162),
    "setfsgid": (123, 152),
    "setfsuid": (122, 151),
    "setgid": (106, 144),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setregid": (114, 143),
    "setresgid": (119, 149),
    "setresuid": (117, 147),
    "setreuid": (113, 145),
    "settimeofday": (164, 170),
    "setuid": (105, 146),
    "setxattr": (188, 5),
    "setxattrat": (463, 463),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "shmget": (29, 194),
    "signalfd4": (289, 74),
    "socket": (41, 198),
    "statx": (332, 291),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "tgkill": (234, 131),
    "timerfd_create": (283, 85),
    "tkill": (200, 130),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "utime": (132, None),
    "utimensat": (280, 88),
    "utimes": (235, None),
    "vhangup": (153, 58),
}


def number_of(name):
    """Return the number of a system call on this machine, or None."""
    numbers = NUMBERS[name]
    return numbers[0] if MACHINE == "x86_64" else numbers[1]


def call(name, *args):
    """Call the kernel itself; return the result and the name of the error ("" where there was none)."""
    number = name if isinstance(name, int) else number_of(name)
    if number is None:
        return -1, "ENOSYS"
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *map(_argument, args))
    return result, "" if result != -1 else errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))


def _argument(value):
    if value is None:
        return ctypes.c_void_p(0)
    if isinstance(value, int):
        return ctypes.c_long(value)
    if isinstance(value, str):
        return ctypes.c_char_p(os.fsencode(value))
    if isinstance(value, bytes):
        return ctypes.c_char_p(value)
    return value


def said(name, *args):
    """Call the kernel and return a line that says what came of it."""
    result, error = call(name, *args)
    return f"{name}: {error or result}"


def attempt(label, do, *args, **kwargs):
    """Return a line with what came of a call, exception or not."""
    try:
        return f"{label}: {do(*args, **kwargs)!r}"
    except Exception as error:
        return f"{label}: {type(error).__name__} {error}"


def names_in(folder):
    """Return the names in a folder, or none where it cannot be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def read_file(path, size=4096, offset=0):
    """Return the first bytes of a file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return os.pread(descriptor, size, offset) if offset else os.read(descriptor, size)
    finally:
        os.close(descriptor)


def output_of(*command):
    """Return what a command prints, errors too."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=2, check=False)
    return done.stdout[:4096] + done.stderr[:500]


def ways_to_read(path, commands=False):
    """Try every way to the content of a file; return one line for each."""
    tried = [attempt("read", read_file, path), attempt("mmap", _mapped, path), attempt("path only", _by_path_descriptor, path)]
    tried += [attempt("openat", _by_call, path), attempt("sendfile", _sent, path), attempt("linked", _linked, path)]
    if commands:
        tried.append(attempt("cat", output_of, "cat", path))
    return tried


def _mapped(path):
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as view:
        return view[:4096]


def _by_path_descriptor(path):
    descriptor = os.open(path, os.O_PATH)
    try:
        return read_file(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _by_call(path):
    how = (ctypes.c_uint64 * 3)(0, 0, 0)
    for name, *rest in (("openat", os.O_RDONLY, 0), ("openat2", ctypes.byref(how), 24), ("open", os.O_RDONLY, 0)):
        descriptor, error = call(name, *(() if name == "open" else (AT_FDCWD,)), path, *rest)
        if not error:
            buffer = ctypes.create_string_buffer(4096)
            call("read", descriptor, buffer, 4096)
            return buffer.raw
    return error


def _sent(path):
    receiving, sending = os.pipe()
    source = os.open(path, os.O_RDONLY)
    try:
        os.splice(source, sending, 4096) if hasattr(os, "splice") else os.sendfile(sending, source, 0, 4096)
        return os.read(receiving, 4096)
    finally:
        for descriptor in (source, receiving, sending):
            os.close(descriptor)


def _linked(path):
    found = []
    for make in (os.symlink, os.link):
        with contextlib.suppress(OSError):
            make(path, make.__name__)
            found.append(read_file(make.__name__))
    return found


def machine_code(code, result=ctypes.c_long):
    """Return a function of these bytes of machine code."""
    view = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    view.write(code)
    function = ctypes.CFUNCTYPE(result)(ctypes.addressof(ctypes.c_char.from_buffer(view)))
    function.keeps = view
    return function


def writable_maps(process="self"):
    """Yield start and end of the private writable pieces of a process's memory."""
    with open(f"/proc/{process}/maps") as maps:
        for line in maps:
            where, rights, _, _, _, *name = line.split()
            if rights.startswith("rw") and not (name and name[0].startswith("/dev")):
                start, end = (int(part, 16) for part in where.split("-"))
                yield start, end


def in_a_thread(do, *args):
    """Run a call in a thread of its own, which ends with it; for what changes only the thread that asks."""
    got = []
    thread = threading.Thread(target=lambda: got.append(attempt("thread", do, *args)))
    thread.start()
    thread.join(2)
    return got


def took(amount):
    """Say how far a bomb got, at once, since nothing may come after it."""
    print(f"took {amount}", flush=True)
    return f"took {amount}"
