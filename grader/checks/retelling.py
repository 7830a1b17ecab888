"""A call -> what a person would type for it: the call in the report, and a snippet of at most ten lines to paste."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

import numpy as np
import torch

from grader.checks.calling import BoundHandle, Call, Callback
from grader.checks.showing import MAX_LITERAL_PARTS, literal, show

MAX_LINES = 10  # of a snippet
_OWN_LINES = 4  # of arguments and objects, above which an argument stays in its call: the rest are imports
_SHORT = 40  # characters of an argument that stays in its call


def told(call: Call) -> str:
    """Return a call as one would type it, with a line above for each object of the runner that it is given."""
    script = _Script(shows_all=True)
    last = script.expression(call)
    return "\n".join([*script.lines, last])


def snippet(call: Call, *, imported_from: str | None) -> str:
    """Return at most ten lines that show one call, or nothing where a value is too large to be typed.

    `imported_from` is None where the code is pasted below a notebook.
    """
    script = _Script(shows_all=False)
    try:
        last = script.expression(call)
    except _UntellableError:
        return ""
    imports = script.imports(imported_from)
    lines = [*imports, *([""] if imports else []), *script.lines, f"print({last})"]
    return "\n".join(lines) if len(lines) <= MAX_LINES or not script.has_objects else ""


class _UntellableError(Exception):
    """A value has no source of reasonable length."""


class _Script:
    """Lines that make the objects of a call, each once and under a name, and the values that were used."""

    def __init__(self, *, shows_all: bool) -> None:
        self.lines: list[str] = []
        self.has_objects = False
        self._shows_all = shows_all  # what has no source is described
        self._names: dict[int, str] = {}  # of the runner's objects, by their numbers
        self._values: list[object] = []
        self._targets: list[str] = []

    def expression(self, call: Call) -> str:
        """Return the source of a call, after the lines that it needs."""
        if call.of is not None:
            target = self._object(call.of)
        else:
            target = call.name
            self._targets.append(call.name)
        parts = [self._argument(f"x{index + 1}", value) for index, value in enumerate(call.args)]
        parts += [f"{key}={self._argument(key, value)}" for key, value in call.kwargs.items()]
        return f"{target}({', '.join(parts)})"

    def imports(self, imported_from: str | None) -> list[str]:
        """Return the lines that import what the script uses."""
        lines = []
        if _any_of(self._values, np.ndarray | np.generic):
            lines.append("import numpy as np")
        if _any_of(self._values, torch.Tensor | torch.dtype):
            lines.append("import torch")
        modules = {target.rpartition(".")[0] for target in self._targets} - {""}
        lines += [f"import {module}" for module in sorted(modules)]
        own = sorted({target for target in self._targets if "." not in target})
        return lines + (_import_of(own, imported_from) if own and imported_from is not None else [])

    def _argument(self, name: str, value: object) -> str:
        if isinstance(value, BoundHandle):
            return self._object(value)
        if isinstance(value, Callback):
            return value.source
        if isinstance(value, tuple | list | dict) and any(isinstance(part, BoundHandle | Callback) for part in _flat(value)):
            return self._container(name, value)
        self._values.append(value)
        if self._shows_all:
            return show(value)
        text = literal(value)
        if text is None:
            raise _UntellableError
        if len(text) <= _SHORT or len(self.lines) >= _OWN_LINES or name in self._names.values():
            return text
        self.lines.append(f"{name} = {text}")
        return name

    def _container(self, name: str, value: tuple[object, ...] | list[object] | dict[object, object]) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self._argument(str(key), item)}" for key, item in value.items()) + "}"
        items = ", ".join(self._argument(f"{name}_{index}", item) for index, item in enumerate(value))
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"

    def _object(self, handle: BoundHandle) -> str:
        self.has_objects = True
        if handle.id in self._names:
            return self._names[handle.id]
        if handle.made is None:
            if not self._shows_all:
                raise _UntellableError
            return show(handle)
        text = self.expression(handle.made)
        name = self._names[handle.id] = self._new_name(handle.made)
        self.lines.append(f"{name} = {text}")
        return name

    def _new_name(self, made: Call) -> str:
        """Return a name after what makes the object: `provided.make_model` gives a model, `SimpleCNN` a simple_cnn."""
        word = made.name.rpartition(".")[2].removeprefix("make_") or "result"
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", word).lower()
        taken = {*self._names.values(), *self._targets, *keyword.kwlist}
        return next(each for each in (name, *(f"{name}{n}" for n in range(2, len(taken) + 3))) if each not in taken)


def _import_of(names: list[str], imported_from: str | None) -> list[str]:
    assert imported_from is not None
    if imported_from.isidentifier() and not keyword.iskeyword(imported_from):
        return [f"from {imported_from} import {', '.join(names)}"]
    run = f"runpy.run_path({imported_from + '.py'!r})"
    return ["import runpy", *(f"{name} = {run}[{name!r}]" for name in names)]


def _any_of(values: list[object], kinds: object) -> bool:
    return any(isinstance(part, kinds) for value in values for part in _flat(value))  # type: ignore[arg-type]  # a union


def _flat(value: object) -> Iterator[object]:
    """Yield a value and what is in it, up to a number of parts beyond which it has no source anyway."""
    todo, count = [value], 0
    while todo and count <= MAX_LITERAL_PARTS:
        part = todo.pop()
        count += 1
        yield part
        if isinstance(part, tuple | list):
            todo.extend(part)
        elif isinstance(part, dict):
            todo.extend([*part, *part.values()])
