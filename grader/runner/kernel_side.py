"""What runs inside a real Jupyter kernel, as its last cell: it serves the judge's calls from the notebook's names."""

from __future__ import annotations

import socket
from typing import Any

from grader.runner.describing import Origin
from grader.runner.loading import Loaded
from grader.runner.serving import Server, load_reply


def serve_here(
    namespace: dict[str, Any], descriptor: int, folder: str, request_id: int, incidents: list[dict[str, object]]
) -> None:
    """Answer the judge's `load` and then its calls, over the connection that the kernel has inherited."""
    loaded = Loaded(origin=Origin(folder, namespace), namespace=namespace, incidents=incidents)
    Server(socket.socket(fileno=descriptor), folder).resume(loaded, request_id, load_reply(loaded))
