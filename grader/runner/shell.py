"""Runs a notebook cell by cell in IPython's InteractiveShell, in this very process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from typing import Any

from grader.runner.describing import Origin, describe_exception
from grader.runner.loading import Loaded

_INSTALL = re.compile(r"^\s*(sudo\s+)?(python3?\s+-m\s+)?(pip3?|uv|conda|mamba|apt|apt-get)\s+.*\binstall\b")


def load_notebook(cells: list[str], folder: str) -> Loaded:
    """Run the code cells in order; a cell that raises loses what it would have defined and no more."""
    from IPython.core.interactiveshell import InteractiveShell  # imported in advance where a notebook is expected
    from traitlets.config import Config

    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.path.insert(0, "")
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    shell: Any = InteractiveShell.instance(config=config, user_module=main)
    loaded = Loaded(origin=Origin(folder, shell.user_ns), namespace=shell.user_ns)
    _make_harmless(shell, loaded.notes)
    for number, source in enumerate(cells, start=1):
        shell.compile.get_code_name = lambda raw, transformed, count, number=number: f"cell {number}"
        result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            loaded.incidents.append({"where": f"cell {number}", **describe_exception(error, loaded.origin)})
        sys.stdout.flush()
    return loaded


def _make_harmless(shell: Any, notes: list[str]) -> None:
    """No installs (there is no network), no terminal for `!commands`, no coloured tracebacks on stdout."""

    def system(command: str) -> None:
        if _INSTALL.match(command):
            notes.append(f"`!{command.strip()[:200]}` was left out: the course's environment is used as it is")
            return
        sys.stdout.flush()
        done = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, check=False, env=dict(os.environ))
        shell.user_ns["_exit_code"] = done.returncode

    def install(line: str) -> None:
        notes.append(f"`%pip {line.strip()[:200]}` was left out: the course's environment is used as it is")

    shell.enable_gui = lambda gui=None: None  # %matplotlib asks for it; there is none
    shell.system = system
    shell.showtraceback = lambda *args, **kwargs: None
    shell.showsyntaxerror = lambda *args, **kwargs: None
    for name in ("pip", "conda", "mamba", "uv"):
        shell.register_magic_function(install, magic_name=name)
