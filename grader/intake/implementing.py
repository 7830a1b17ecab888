"""Tells which of the names that an assignment asks for a Python text really implements; reads it, never runs it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MAGIC_LINE = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)
_RUN_MAGIC = re.compile(r"%run\s+(?:-\S+\s+)*['\"]?([\w./]+)\.py\b")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a text gives names to; `stars` are the modules all of whose names it imports."""

    defined: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    stars: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Every name that is implemented, here or by import."""
        return self.defined | self.imported

    def joined(self, other: Found) -> Found:
        """Return what two texts give names to together."""
        return Found(
            defined=self.defined | other.defined,
            imported=self.imported | other.imported,
            stars=self.stars | other.stars,
        )


def without_magics(source: str) -> str:
    """Return a cell's Python: lines for IPython alone do nothing, and "%run file.py" imports everything from it."""

    def replacement(match: re.Match[str]) -> str:
        run = _RUN_MAGIC.match(match[2])
        return f"{match[1]}from {run[1].replace('/', '.').strip('.')} import *" if run else f"{match[1]}pass"

    return _MAGIC_LINE.sub(replacement, source)


def find_names(pieces: Iterable[str], names: frozenset[str], *, is_parsed: bool = True) -> Found:
    """Return which of the names the pieces of one file implement together.

    A function or class that only says that it is still to be written does not count. A piece that is no Python is
    searched for its definitions as text, and so is every piece when `is_parsed` is false.
    """
    found = Found()
    for piece in pieces:
        tree = _tree(piece) if is_parsed else None
        found = found.joined(_in_text(piece, names) if tree is None else _in_tree(tree, names))
    return found


def _tree(piece: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\d" is not the grader's business
            return ast.parse(piece)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
        return None


def _in_text(piece: str, names: frozenset[str]) -> Found:
    words = re.findall(r"^[ \t]*(?:(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(|class[ \t]+(\w+))", piece, re.MULTILINE)
    return Found(defined=names & {function or class_ for function, class_ in words})


def _in_tree(tree: ast.Module, names: frozenset[str]) -> Found:
    defined: set[str] = set()
    imported: set[str] = set()
    stars: set[str] = set()
    for statement in _module_statements(tree):
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            stars.add(statement.module or "")
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            imported.update(alias.asname or alias.name.partition(".")[0] for alias in statement.names)
        else:
            defined.update(_bound_names(statement))
    return Found(defined=names & defined, imported=names & imported, stars=frozenset(stars))


def _module_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Give the statements that run when the file runs: also those inside if, try, with and loops."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.expr | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            pending.extend(ast.iter_child_nodes(node))


def _bound_names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        if not _is_stub(statement):
            yield statement.name
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name) and _is_stored(node))
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None and isinstance(statement.target, ast.Name):
        yield statement.target.id


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_stub(definition: ast.stmt) -> bool:
    """Tell whether a function or class is still to be written."""
    if isinstance(definition, ast.ClassDef):
        return all(_says_nothing(part) or (isinstance(part, _FUNCTIONS) and _is_stub(part)) for part in definition.body)
    return isinstance(definition, _FUNCTIONS) and all(_says_nothing(part) for part in definition.body)


def _says_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement is a docstring, pass, ..., super().__init__() or raise NotImplementedError."""
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) or _is_super_call(statement.value)
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return False


def _is_super_call(value: ast.expr) -> bool:
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
        return False
    owner = value.func.value
    return isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"
