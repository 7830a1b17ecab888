"""A virtual environment for each peer, made once below a folder and used again from there."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_NOTE = "installed.json"  # in a finished environment: what was asked for
_TAIL = 600  # characters of an installer's complaint


class NotHereError(Exception):
    """A peer cannot be installed or run on this machine; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment that is ready."""

    folder: Path

    @property
    def programs(self) -> Path:
        """The folder of its programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.programs / ("python.exe" if os.name == "nt" else "python")

    def variables(self, work: Path) -> dict[str, str]:
        """Return environment variables with which its programs see no packages, kernels or settings but its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER", "IPYTHON"))}
        return {
            **kept,
            "PATH": f"{self.programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "VIRTUAL_ENV": str(self.folder),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_PLATFORM_DIRS": "1",
            "JUPYTER_CONFIG_DIR": str(work / "jupyter"),
            "JUPYTER_DATA_DIR": str(work / "jupyter"),
            "IPYTHONDIR": str(work / "ipython"),
        }

    def versions(self, *names: str) -> str:
        """Return "name version, ..." of installed packages."""
        script = "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
        command = [self.python, "-c", script, *names]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def make_environment(folder: Path, *packages: str) -> Environment:
    """Return an environment with these packages, torch as we have it, and NumPy; raises NotHereError.

    Made with `uv` where that is installed, else with venv and pip. One that was finished before is taken as it is.
    """
    wanted = [*packages, f"torch=={importlib.metadata.version('torch').partition('+')[0]}", "numpy"]
    environment = Environment(folder=folder)
    note = folder / _NOTE
    if note.exists() and json.loads(note.read_text(encoding="utf-8")) == wanted:
        return environment
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        _install([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        _install([uv, "pip", "install", "--quiet", "--python", str(environment.python), *wanted])
    else:
        _install([sys.executable, "-m", "venv", str(folder)])
        _install([str(environment.python), "-m", "pip", "install", "--quiet", *wanted])
    note.write_text(json.dumps(wanted), encoding="utf-8")
    return environment


def _install(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotHereError(
            f"{' '.join(command[:3])} ended with {done.returncode}: {(done.stdout + done.stderr)[-_TAIL:].strip()}"
        )
