"""Users of the system that nobody has, one block for each sandbox: only root can run submissions under them."""

from __future__ import annotations

import errno
import os
import socket

USERS = 32  # of one sandbox
_FIRST, _LAST = 61_184, 65_519  # the range that systemd, too, hands out to what runs for a while


class Users:
    """A block of user numbers that no other sandbox on this machine has meanwhile; without root, none."""

    def __init__(self) -> None:
        self.first: int | None = None
        self._claim: socket.socket | None = None
        if os.name != "posix" or os.geteuid() != 0:
            return
        for first in range(_FIRST, _LAST - USERS, USERS):
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                claim.bind(f"\0grader-users-{first}")  # a name that the kernel gives once, and frees when we end
            except OSError as error:
                claim.close()
                if error.errno != errno.EADDRINUSE:
                    return
            else:
                self.first, self._claim = first, claim
                return

    def release(self) -> None:
        """Let another sandbox have them."""
        if self._claim is not None:
            self._claim.close()
            self._claim = None
