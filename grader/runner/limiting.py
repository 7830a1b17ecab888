"""Applies the limits of one submission to the process that will run it."""

from __future__ import annotations

import sys

MAX_OPEN_FILES = 256


def apply_limits(limits: dict[str, int]) -> None:
    """Set the limits that the kernel keeps: private memory, processor time, file size, open files, no core dumps."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_CPU: limits["cpu_s"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: MAX_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    # Address space is no measure (CUDA reserves hundreds of gigabytes); private writable memory is.
    held = _private_bytes()
    if held is not None:
        wanted[resource.RLIMIT_DATA] = held + limits["memory_bytes"]
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _private_bytes() -> int | None:
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmData:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None
