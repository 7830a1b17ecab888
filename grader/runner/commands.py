"""Lines of a notebook that are for IPython alone: shell commands and magics, as far as they can be carried out here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from grader.runner.noting import Notes
from grader.runner.places import Places

_STEPS = re.compile(r"(&&|\|\||[;|\n])")
_START = r"^\s*(?:sudo\s+|time\s+|\w+=\S*\s+)*"
_INSTALL = re.compile(
    _START + r"(?:\S*python[\d.]*['\"]?\s+-m\s+)?(?:pip[\d.]*|uv|conda|mamba|apt|apt-get|brew|npm|poetry)\s+(?:\S+\s+)*?"
    r"(?:install|uninstall|update|upgrade|add|sync)\b"
)
_NETWORK = re.compile(
    _START
    + r"(?:wget|curl|gdown|aria2c|kaggle|huggingface-cli|hf|gsutil|gcloud|scp|ssh|rsync|git\s+(?:clone|pull|push|fetch|lfs)"
    r"|\S*python[\d.]*\s+-m\s+(?:wget|gdown))\b"
)
_AS_IT_IS = "the course's environment is used as it is"
_INSTALLERS = ("pip", "conda", "mamba", "uv", "micromamba")
_PASSED_OVER = ("matplotlib", "debug", "pdb")  # figures are drawn without a window; nobody is there to debug
_SCRIPTS = {"bash": "bash", "sh": "sh", "script": ""}


class Commands:
    """Carries out a notebook's commands and says what was left out."""

    def __init__(self, shell: Any, places: Places, notes: Notes) -> None:
        self._shell = shell
        self._places = places
        self._notes = notes
        self._output = subprocess.PIPE if hasattr(shell, "kernel") else None  # a kernel would show twice what it does not write

    def take_over(self) -> None:
        """Answer `!commands` and magics of this shell from now on."""
        shell = self._shell
        shell.system = shell.system_piped = shell.system_raw = self._system
        shell.getoutput = self._getoutput
        shell.enable_gui = _do_nothing
        shell.ask_exit = self._pass_over_exit
        shell.set_hook("show_in_pager", _do_nothing, 90)
        for name in _INSTALLERS:
            shell.register_magic_function(self._left_out_install(name), magic_name=name)
        for name in _PASSED_OVER:
            shell.register_magic_function(lambda line: None, magic_name=name)
        for name, program in _SCRIPTS.items():
            shell.register_magic_function(self._script(program), magic_kind="cell", magic_name=name)
        self._soften_magics()

    def _system(self, command: str) -> None:
        """Stand for `!command`."""
        expanded = self._shell.var_expand(command, depth=1)
        sys.stdout.flush()
        self._shell.user_ns["_exit_code"] = self._shown_run(expanded, "!")

    def _getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        """Stand for `lines = !command`."""
        from IPython.utils.text import LSString, SList

        text = self._run(self._shell.var_expand(command, depth=depth + 1), "!", subprocess.PIPE)[1]
        return SList(text.splitlines()) if split else LSString(text)

    def _script(self, program: str) -> Callable[[str, str], None]:
        def run_script(line: str, cell: str) -> None:
            words = [program, *line.split()] if program else line.split()
            options = [word for word in words[1:] if not word.startswith("--")]
            if words and os.path.basename(words[0]) in ("bash", "sh", "zsh"):
                self._shell.user_ns["_exit_code"] = self._shown_run(cell, f"%%{words[0]} ", words[0])
            else:
                self._notes.add(f"A cell that begins with `%%script {' '.join(words[:1] + options)}` was left out.")

        return run_script

    def _shown_run(self, command: str, sign: str, program: str = "sh") -> int:
        code, text = self._run(command, sign, self._output, program)
        print(text, end="")  # noqa: T201  # the submission's own output
        return code

    def _run(self, command: str, sign: str, output: int | None, program: str = "sh") -> tuple[int, str]:
        """Run what can be run here of a command; return its exit code and what it wrote, where that is asked for."""
        kept = "".join(self._kept(step, sign) for step in _STEPS.split(self._places.in_command(command)))
        if not kept.strip(": \n;|&"):
            return 0, ""
        try:
            done = subprocess.run(
                [program, "-c", kept],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                env=dict(os.environ),
            )
        except OSError as error:
            self._notes.add(
                f"`{sign}{_shown(command)}` could not be run: no other process can be started here ({error.strerror})."
            )
            return 126, ""
        return done.returncode, (done.stdout or b"").decode(errors="replace")

    def _kept(self, step: str, sign: str) -> str:
        """Return one step of a command, or one that does nothing in its place."""
        why = _AS_IT_IS if _INSTALL.match(step) else "there is no network here" if _NETWORK.match(step) else ""
        if not why:
            return step
        self._notes.add(f"`{sign}{_shown(step)}` was left out: {why}")
        return " : "

    def _left_out_install(self, name: str) -> Callable[[str], None]:
        def install(line: str) -> None:
            self._notes.add(f"`%{name} {_shown(line)}` was left out: {_AS_IT_IS}")

        return install

    def _pass_over_exit(self, *_: object) -> None:
        self._notes.add("`exit` or `quit` was passed over: the cells below it ran.")

    def _soften_magics(self) -> None:
        """Let a magic that is not here cost its own line and not its cell."""
        shell = self._shell
        run_line, run_cell = shell.run_line_magic, shell.run_cell_magic

        def run_line_magic(name: str, line: str, _stack_depth: int = 1) -> Any:
            known = shell.find_line_magic(name) is not None or name in shell.magics_manager.lazy_magics
            if not known:
                self._notes.add(f"`%{name} {_shown(line)}`".replace(" `", "`") + " was left out: there is no such magic here")
                return None
            if name == "config" and line.strip().startswith("InlineBackend"):
                return None  # how large figures are shown
            try:
                return run_line(name, line, _stack_depth=_stack_depth + 1)
            except ImportError:
                if name not in ("load_ext", "reload_ext"):
                    raise
                self._notes.add(f"`%{name} {_shown(line)}` was left out: it is not installed here")
                return None

        def run_cell_magic(name: str, line: str, cell: str) -> Any:
            if shell.find_cell_magic(name) is None and name not in shell.magics_manager.lazy_magics:
                self._notes.add(f"A cell that begins with `%%{_shown(name)}` was left out: there is no such magic here.")
                return None
            return run_cell(name, line, cell)

        shell.run_line_magic, shell.run_cell_magic = run_line_magic, run_cell_magic


def _do_nothing(*_: object, **__: object) -> None:
    """Stand for what only shows something to somebody."""


def _shown(text: str) -> str:
    return " ".join(text.split())[:200]
