"""A runner on a system where nothing can be forked: imports everything itself, calls the judge, and serves one submission.

Started as `python -m grader.runner.alone` with one line of JSON on its input: the port and the token of the judge, the modules to
import, the limits, and the folder for the submission.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import socket
import sys

from grader.runner.limiting import apply_limits
from grader.runner.serving import serve_submission


def main() -> None:
    """Import, connect, serve, and leave without waiting for anything that the submission started."""
    plan = json.loads(sys.stdin.readline())
    for name in plan["modules"]:
        importlib.import_module(name)
    sock = socket.create_connection(("127.0.0.1", plan["port"]))
    sock.sendall(bytes.fromhex(plan["token"]))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    faulthandler.enable(2)
    apply_limits(plan["limits"])
    os.chdir(plan["folder"])
    try:
        serve_submission(sock, plan["folder"], processes=True)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
