"""The second notebook engine: nbclient with a real Jupyter kernel, which then serves the calls itself."""

from __future__ import annotations

import builtins
import os
import signal
import sys
from typing import Any, NoReturn

_PREPARE_CELL = """
import sys as _sys
_sys.path.append({root!r})
__import__("importlib").import_module("grader.runner.kernel_side").prepare_here(
    get_ipython(), {folder!r}, {provided!r}, {numbers!r})
"""
_SERVE_CELL = """
__import__("importlib").import_module("grader.runner.kernel_side").serve_here(
    get_ipython(), globals(), {descriptor}, {folder!r}, {request_id}, {incidents!r})
"""


def run_in_kernel(request: Any, descriptor: int, folder: str) -> NoReturn:
    """Execute the cells in a fresh kernel, let the kernel answer `load` and serve, and end as the kernel ends."""
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError
    from nbformat import v4

    make: Any = v4  # its functions are untyped
    cells = [make.new_code_cell(source) for source in request["cells"]]
    notebook = make.new_notebook(cells=[*cells, make.new_code_cell("")])  # the last is the place of our own ones
    # Pipes of the file system, not ports: the network name space has nothing else in it.
    manager: Any = AsyncKernelManager(kernel_name="python3", transport="ipc")
    client = NotebookClient(notebook, km=manager, timeout=None, allow_errors=True)
    os.set_inheritable(descriptor, True)
    with client.setup_kernel(pass_fds=(descriptor,), cwd=folder, env=dict(os.environ)):
        process = manager.provisioner.process
        prepare = _PREPARE_CELL.format(
            root=_root(),
            folder=folder,
            provided=request["provided"],
            numbers=[number for number, source in enumerate(request["cells"], start=1) if source.strip()],
        )
        try:
            client.execute_cell(make.new_code_cell(prepare), len(cells), store_history=False)
            for index, cell in enumerate(cells):
                client.execute_cell(cell, index)
                _print_streams(cell)
            source = _SERVE_CELL.format(
                descriptor=descriptor,
                folder=folder,
                request_id=request["id"],
                incidents=_incidents(cells),
            )
            client.execute_cell(make.new_code_cell(source), len(cells))
        except DeadKernelError:
            sys.stdout.flush()
        _end_like(process.poll())


def _end_like(code: int | None) -> NoReturn:
    if code is not None and code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
        os.kill(os.getpid(), -code)
    os._exit(code or 0)


def _print_streams(cell: Any) -> None:
    for output in cell.outputs:
        if output.output_type == "stream":
            print(output.text, end="", flush=True)  # noqa: T201  # this is the submission's own output


def _incidents(cells: list[Any]) -> list[dict[str, object]]:
    found = []
    for number, cell in enumerate(cells, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                kinds = [output.ename, *_builtin_bases(output.ename)]
                found.append({"where": f"cell {number}", "types": kinds, "message": output.evalue, "traceback": ""})
    return found


def _builtin_bases(name: str) -> list[str]:
    kind = getattr(builtins, name, None)
    return [base.__name__ for base in kind.__mro__ if base is not object] if isinstance(kind, type) else []


def _root() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(sys.modules[__name__].__file__ or ""))))
