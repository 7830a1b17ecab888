"""Makes plain Python tests of the assignment's checks, for the other graders: the same calls, in their order.

`assert_ints(solution.f(1), (2, 3))` becomes `assert f(1) == (2, 3)`, and `assert_close(solution.f(x), y)` becomes
`torch.testing.assert_close(f(x), y)`. What is none of these is refused: half a translation would be no comparison.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

CHECKS = Path(__file__).resolve().parent / "assignments" / "five_questions" / "checks_public.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTest:
    """The test of one question."""

    question: str
    function: str  # of the submission, that it calls
    statements: tuple[str, ...]

    def body(self, *, prefix: str = "", indent: str = "") -> str:
        """Return the statements; `prefix` stands before the function's name."""
        return "\n".join(indent + line.replace(f"{self.function}(", f"{prefix}{self.function}(") for line in self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTests:
    """The tests of all questions."""

    setup: str  # Python that makes the values which the tests use
    tests: tuple[PlainTest, ...]


def plain_tests(path: Path = CHECKS) -> PlainTests:
    """Return the plain tests that ask what the checks in this file ask."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    setup = ["import torch", *(ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign))]
    tests = tuple(_test(node) for node in tree.body if isinstance(node, ast.FunctionDef))
    return PlainTests(setup="\n".join(setup), tests=tests)


def _test(node: ast.FunctionDef) -> PlainTest:
    (mark,) = node.decorator_list
    docstring, *statements = node.body
    match mark, docstring:
        case ast.Call(func=ast.Name("question"), args=[ast.Constant(str(question))]), ast.Expr(ast.Constant(str())):
            translated = [_statement(statement) for statement in statements]
            (function,) = {name for name, _ in translated}
            return PlainTest(question=question, function=function, statements=tuple(text for _, text in translated))
    raise ValueError(f"{node.name}, line {node.lineno}, is no check that can be translated")


def _statement(statement: ast.stmt) -> tuple[str, str]:
    """Return the name of the function that is called and the statement as plain Python."""
    match statement:
        case ast.Expr(
            ast.Call(ast.Name(comparison), [ast.Call(ast.Attribute(ast.Name("solution"), name)) as call, expected], [])
        ):
            got = ast.unparse(ast.Call(ast.Name(name), call.args, call.keywords))
            if comparison in ("assert_int", "assert_ints"):
                return name, f"assert {got} == {ast.unparse(expected)}"
            if comparison == "assert_close":
                return name, f"torch.testing.assert_close({got}, {ast.unparse(expected)})"
    raise ValueError(f"line {statement.lineno} is no comparison that can be translated: {ast.unparse(statement)}")
