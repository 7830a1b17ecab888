# attack: Opens the kernel's settings for writing: core_pattern, sysrq, uevent_helper, modprobe, oom_score_adj, /sys.
# hurts: Has the kernel run a program as root outside of the walls.
# never: opened to write
# ends: returns
import glob
import os

from _raw import attempt

PATHS = (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/kernel/hotplug",
    "/proc/sys/kernel/pid_max",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/yama/ptrace_scope",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/vm/drop_caches",
    "/proc/sys/fs/binfmt_misc/register",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sysrq-trigger",
    "/proc/irq/default_smp_affinity",
    "/proc/mtrr",
    "/sys/kernel/uevent_helper",
    "/sys/kernel/mm/transparent_hugepage/enabled",
    "/sys/module/printk/parameters/time",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/fs/cgroup/memory/tasks",
    "/sys/power/state",
)


def attack(target):
    paths = [*PATHS, *glob.glob("/proc/sys/kernel/*")[:40], *glob.glob("/sys/kernel/*")[:20]]
    return [attempt(path, opened, path) for path in paths if not os.path.isdir(path)]


def opened(path):
    os.close(os.open(path, os.O_WRONLY))
    return "opened to write"
