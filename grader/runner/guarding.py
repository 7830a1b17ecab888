"""Notes which of the forbidden torch functions and operators a call uses, and on which of the student's lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase
from types import FrameType
from typing import Any

from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from grader.runner.describing import Origin

MAX_NOTES = 20
# Where torch's C functions say that they live -> the public module that a rule names.
_PUBLIC_MODULES = {"torch._C._nn": "torch.nn.functional", "torch._C._functions": "torch.autograd"}


class Guard:
    """A context in which every torch function and operator is looked at; it notes and never interferes."""

    def __init__(self, rule: dict[str, list[str]], origin: Origin) -> None:
        self.notes: list[tuple[str, str]] = []  # (what was used, where)
        self.looks_away = False  # while the runner itself handles tensors
        self._rule = rule
        self._origin = origin
        self._stack = ExitStack()

    def __enter__(self) -> Guard:
        self._stack.enter_context(_Functions(self))
        self._stack.enter_context(_Operators(self))
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def saw_function(self, func: Callable[..., object]) -> None:
        """Note a Python-level function when it is forbidden."""
        name, home = getattr(func, "__name__", ""), getattr(func, "__module__", None) or ""
        module = _PUBLIC_MODULES.get(home, "torch" if home.startswith("torch._C") else home)
        if name in self._rule["methods"]:
            self._note(f".{name}")
        elif any(module == prefix or module.startswith(prefix + ".") for prefix in self._rule["modules"]):
            self._note(f"{module}.{name}")

    def saw_operator(self, name: str) -> None:
        """Note an operator of the dispatcher, such as aten::convolution, when it is forbidden."""
        if any(fnmatchcase(name, pattern) for pattern in self._rule["operators"]):
            self._note(name)

    def _note(self, what: str) -> None:
        note = (what, self._where())
        if not self.looks_away and note not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes.append(note)

    def _where(self) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = self._origin.name(frame.f_code.co_filename, frame.f_globals)
            if name is not None:
                return f"{name}, line {frame.f_lineno}"
            frame = frame.f_back
        return ""


class _Functions(TorchFunctionMode):
    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    def __torch_function__(
        self, func: Callable[..., object], types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> object:
        self._guard.saw_function(func)
        return func(*args, **(kwargs or {}))


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its __init_subclass__ untyped
    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # to wrap this mode for the compiler, torch would import 900 modules at its first use

    def __init__(self, guard: Guard) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch's own is untyped
        self._guard = guard

    def __torch_dispatch__(self, func: Any, types: Sequence[type], args: Any = (), kwargs: Any = None) -> object:
        self._guard.saw_operator(func._schema.name)
        return func(*args, **(kwargs or {}))
