"""Reads the strings `answer_w1 = ...` that a program assigns at module level, from its syntax alone: nothing is run."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence

from grader.intake.written_headings import normal_name
from grader.model import SourceText

_Block = ast.If | ast.Try | ast.With | ast.For | ast.While
_CALLS: dict[str, Callable[[str], str]] = {"dedent": textwrap.dedent, "cleandoc": inspect.cleandoc, "str": str, "Markdown": str}
_METHODS: dict[str, Callable[[str], str]] = {"strip": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip}
_ASSIGNED = re.compile(
    r"^(?P<name>\w{1,80})[ \t]*(?::[ \t]*str[ \t]*)?=[ \t]*\(?\s*[rRuUfF]{0,2}"
    r"(?:\"\"\"(?P<double>.*?)\"\"\"|'''(?P<single>.*?)'''|\"(?P<short>[^\"\n]*)\"|'(?P<brief>[^'\n]*)')",
    re.DOTALL | re.MULTILINE,
)


def assigned_texts(sources: Iterable[SourceText], questions: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return for each of these questions (the name, the text) that was assigned last; those without one are left out.

    A piece of the program that is no Python is read roughly, so that a mistake elsewhere costs no written answer.
    """
    wanted = {normal_name(f"{first} {second}"): q for q in questions for first, second in (("answer", q), (q, "answer"))}
    found: dict[str, tuple[str, str]] = {}
    for source in sources:
        tree = _tree(source.text)
        pairs = _assignments(tree.body, found, wanted) if tree is not None else _roughly(source.text)
        for name, text in pairs:
            question = wanted.get(normal_name(name))
            if question is not None:
                found[question] = (name, text)
    return found


def _assignments(
    body: Sequence[ast.stmt], found: dict[str, tuple[str, str]], wanted: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _pairs(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from _pairs(node.target, node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            before = found.get(wanted.get(normal_name(_name(node.target)), ""), ("", ""))[1]
            yield from ((name, before + text) for name, text in _pairs(node.target, node.value))
        elif isinstance(node, _Block):
            for part in (node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])):
                yield from _assignments(part, found, wanted)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        if len(target.elts) == len(value.elts):
            for one, its in zip(target.elts, value.elts, strict=True):
                yield from _pairs(one, its)
    elif (name := _name(target)) and (text := _text(value)) is not None:
        yield name, text


def _name(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    """Return the string that an expression makes, None where that cannot be read; an f-string's values stay in braces."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _sum(node)
    return _called(node) if isinstance(node, ast.Call) else None


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    return _text(node) or ""


def _sum(node: ast.expr) -> str | None:
    """Return the sum of strings; in a loop, since the sum of a thousand lines is nested a thousand deep."""
    parts: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        right = _text(node.right)
        if right is None:
            return None
        parts.append(right)
        node = node.left
    left = _text(node)
    return None if left is None else "".join([left, *reversed(parts)])


def _called(node: ast.Call) -> str | None:
    """Return what a call that only tidies a string up gives: `dedent(...)`, `"...".strip()`, `"\\n".join([...])`."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else _name(function)
    if isinstance(function, ast.Attribute) and (text := _text(function.value)) is not None:
        if name == "join" and len(node.args) == 1:
            return _join(text, node.args[0])
        return _METHODS[name](text) if name in _METHODS and not node.args else None
    if name not in _CALLS or len(node.args) != 1:
        return None
    text = _text(node.args[0])
    return None if text is None else _CALLS[name](text)


def _join(between: str, node: ast.expr) -> str | None:
    if not isinstance(node, ast.Tuple | ast.List):
        return None
    parts = [_text(part) for part in node.elts]
    return between.join(part for part in parts if part is not None) if None not in parts else None


def _roughly(text: str) -> Iterator[tuple[str, str]]:
    for match in _ASSIGNED.finditer(text):
        yield match["name"], next(part for part in match.group("double", "single", "short", "brief") if part is not None)


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
        return None
