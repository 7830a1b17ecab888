"""Applies the limits that the kernel keeps by itself to the process that will run a submission."""

from __future__ import annotations

import sys


def apply_limits(limits: dict[str, int]) -> None:
    """Limit private memory, processor time, processes and threads, open files, the size of a file; no core dumps."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_CPU: limits["cpu_s"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
    }
    if limits.get("processes"):
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
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
