"""Finds what a name of a submission is bound to where it is mentioned; nothing of the submission is run.

What is forbidden is not known here.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import types
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.model import SourceText

MAIN = "<main>"  # no file can have this name
FINAL = 2**62  # the time after everything at module level has run, when functions are called
MAX_PIECES = 100  # of a string that is put together from constants
MAX_ALTERNATIVES = 100  # of one name in one statement: ten thousand lines inside one `with` stay quick
_LISTED = frozenset({"torch", "torch.nn.functional", "numpy"})  # whose `import *` the real module is asked about


@dataclass(slots=True, eq=False, kw_only=True)
class Scope:
    """A module, class, function or comprehension and the names that it binds; filled once, while its source is read."""

    kind: str  # "module", "class", "function" or "comprehension"
    module: str
    node: ast.AST
    parent: Scope | None = None
    at: int = 0  # when its inside runs: the number of a statement of the module, or FINAL
    made_at: int = 0  # when the node itself runs
    group: int = 0
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer: dict[str, Scope] = field(default_factory=dict)  # names declared global or nonlocal, and whose they are
    attributes: dict[str, list[Binding]] = field(default_factory=dict)  # of a class: what methods assign to `self`
    late: dict[str, list[Binding]] = field(default_factory=dict)  # of a module: assigned by functions (`global`)
    stars: list[Binding] = field(default_factory=list)  # of a module: its `from path import *`


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Binding:
    """One place that gives a name its value."""

    kind: str  # "path" (import), "definition", "value", "part" (of a value), "self", "class" or "unknown"
    node: ast.AST
    scope: Scope  # in which the node is evaluated
    at: int
    group: int  # the top-level statement; bindings in the same one are alternatives
    path: str = ""


@dataclass(slots=True, kw_only=True)
class Program:
    """Every module of a submission that parses."""

    sources: Sequence[SourceText]
    starts: dict[str, list[tuple[int, int]]]  # of each module's sources: the lines before it, and its index
    packages: frozenset[str]
    modules: dict[str, Scope] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)  # by the id of the node that opens it
    _known: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)

    def place(self, module: str, node: ast.AST) -> tuple[int, int]:
        """Return the index of the source and the line in it, from 1, where a node stands."""
        line: int = getattr(node, "lineno", 1)
        if isinstance(node, ast.Attribute):
            line = node.end_lineno or line  # of a chain over several lines: where the name itself is
        before, index = next(start for start in reversed(self.starts[module]) if start[0] < line)
        return index, line - before

    def relative_path(self, module: str, level: int, path: str) -> str:
        """Return the dotted name of a module that is imported with `level` leading dots."""
        above = [] if module == MAIN else module.split(".")
        dropped = level - (module in self.packages)
        return ".".join(filter(None, [*above[: max(0, len(above) - dropped)], path]))

    def owner(self, name: str, scope: Scope) -> Scope:
        """Return the scope in which Python would look the name up."""
        inner = scope
        while inner.parent is not None:
            if name in inner.bindings and (inner is scope or inner.kind != "class"):
                return inner
            if name in inner.outer:
                return inner.outer[name]
            inner = inner.parent
        return inner

    def global_bindings(self, module: str, name: str, at: int = FINAL) -> list[Binding]:
        """Return the bindings that a module's name may have at a time: those of the last top-level statement before."""
        known = self._known.get((module, name))
        if known is None:
            known = self._known[module, name] = self._collect(self.modules[module], name)
        end = bisect_left(known, at, key=lambda binding: binding.at) or len(known)
        recent = [b for b in known[max(0, end - MAX_ALTERNATIVES) : end] if b.group == known[end - 1].group]
        return recent + self.modules[module].late.get(name, [])[-MAX_ALTERNATIVES:]

    def text(self, node: ast.AST, scope: Scope, at: int) -> str | None:
        """Return a constant string, put together from constants or kept under a name; None when it is computed."""
        texts: list[str] = []
        todo = [(node, scope, at)]
        for _ in range(MAX_PIECES):
            if not todo:
                return "".join(texts)
            node, scope, at = todo.pop()
            match node:
                case ast.Constant(str(text)):
                    texts.append(text)
                case ast.JoinedStr() | ast.FormattedValue(conversion=-1, format_spec=None) | ast.BinOp(op=ast.Add()):
                    todo += [(piece, scope, at) for piece in reversed(list(ast.iter_child_nodes(node)))]
                case ast.Add():
                    pass
                case ast.Name() if len(found := self._bindings(node.id, scope, at)) == 1 and found[0].kind == "value":
                    todo.append((found[0].node, found[0].scope, found[0].at))
                case _:
                    return None
        return None

    def _bindings(self, name: str, scope: Scope, at: int) -> list[Binding]:
        owner = self.owner(name, scope)
        return self.global_bindings(owner.module, name, at) if owner.parent is None else owner.bindings.get(name, [])

    def _collect(self, scope: Scope, name: str) -> list[Binding]:
        found = list(scope.bindings.get(name, ()))
        for star in scope.stars:
            path = self._path_in_star(star.path, name)
            if path:
                found.append(_starred(star, path))
        if not found and not hasattr(builtins, name):
            unlisted = [star for star in scope.stars if star.path not in self.modules and star.path not in _LISTED]
            found = [_starred(star, f"{star.path}.{name}") for star in unlisted if len(unlisted) == 1]
        return sorted(found, key=lambda binding: binding.at)

    def _path_in_star(self, path: str, name: str) -> str:
        """Return the path of what `from path import *` brings under a name, or "" when it does not bring it."""
        todo, seen = [path], {path}
        for module in todo:  # grows by what these modules import with a star themselves
            if module in _LISTED:
                found = _real_path(module, name)
                if found:
                    return found
            elif module in self.modules:
                scope = self.modules[module]
                if (name in scope.bindings or name in scope.late) and _is_exported(name, scope):
                    return f"{module}.{name}"
                todo += [star.path for star in scope.stars if star.path not in seen]
                seen.update(todo)
        return ""


def _is_exported(name: str, scope: Scope) -> bool:
    return not name.startswith("_") or "__all__" in scope.bindings


def _starred(star: Binding, path: str) -> Binding:
    return Binding(kind="path", path=path, node=star.node, scope=star.scope, at=star.at, group=star.group)


def _real_path(path: str, name: str) -> str:
    """Return the shortest path of what a real module's `import *` brings, such as torch.Tensor, or ""."""
    module = importlib.import_module(path)
    listed = getattr(module, "__all__", None)
    if not (name in listed if listed is not None else hasattr(module, name) and not name.startswith("_")):
        return ""
    value = getattr(module, name, None)
    home = there = f"{path}.{name}"
    if isinstance(value, types.ModuleType):
        home = value.__name__
    elif isinstance(value, type):
        home = f"{value.__module__}.{value.__qualname__}"
    return min(there, home, key=len)
