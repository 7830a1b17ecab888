"""When, and who: what every record says of its making."""

from __future__ import annotations

import getpass
import os
import platform
from datetime import UTC, datetime


def now() -> str:
    """Return the time, UTC, ISO 8601, with thousandths of a second."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def who() -> str:
    """Return the user of the operating system and the machine: user@machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a number without a name, as in many containers
        user = f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
    return f"{user}@{platform.node() or 'a machine without a name'}"
