"""What the start-up probe runs inside the walls, as if it were a submission; nothing here is ever imported by the grader.

Each function tries to do what the walls must prevent, or to do what they must allow. The judge decides from outside what
has come of it.
"""

from __future__ import annotations

import glob
import os
import socket
import tempfile


def read(path: str) -> str:
    """Return what a file of the judge says."""
    try:
        with open(path) as file:
            return file.read()
    except OSError as error:
        return type(error).__name__


def write(path: str, text: str) -> str:
    """Overwrite a file of the judge that anybody may write."""
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError as error:
        return type(error).__name__
    return "written"


def connect(port: int, name: str) -> list[str]:
    """Call the judge on the loopback interface and on an abstract socket."""
    answers = []
    addresses: list[tuple[int, object]] = [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, name)]
    for family, address in addresses:
        try:
            with socket.socket(family, socket.SOCK_STREAM) as caller:
                caller.settimeout(1)
                caller.connect(address)  # type: ignore[arg-type]  # each family has its own form
                answers.append("connected")
        except OSError as error:
            answers.append(type(error).__name__)
    return answers


def signal(pid: int) -> str:
    """Send a process of the judge a signal that does not hurt."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return type(error).__name__
    return "sent"


def leave(note: str) -> None:
    """Write a note wherever the next submission might look."""
    for folder in {"/", "/tmp", "/dev/shm", "/var/tmp", os.getcwd(), tempfile.gettempdir()}:
        try:
            with open(f"{folder}/{note}", "w") as file:
                file.write(note)
        except OSError:
            continue


def find(note: str) -> list[str]:
    """Return where a note of an earlier submission lies."""
    folders = ("/", "/tmp", "/tmp/*", "/dev/shm", "/var/tmp", tempfile.gettempdir(), os.path.dirname(tempfile.gettempdir()))
    return [path for folder in folders for path in glob.glob(f"{folder}/{note}")]


def work() -> list[object]:
    """Do what submissions do: write a file in the own folder, import late from the system's and from the installed
    libraries, start a thread.
    """
    import concurrent.futures
    import wave

    import iniconfig

    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("text")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [*pool.map(abs, (-1, -2)), wave.__name__, iniconfig.__name__]
