"""Finds what a rule forbids in everything that a function of a submission mentions, directly or through its helpers.

It reads source text and runs nothing. What it cannot know it lets pass: the same rule is also watched while the
function runs.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from grader.checks.source_names import MAIN, Program, Scope
from grader.checks.source_scopes import Opener, inside, outside, parts, read_program, source_lines
from grader.checks.source_values import (
    IMPORTERS,
    Computed,
    Definition,
    External,
    Member,
    Resolver,
    Stopped,
    Value,
    is_dotted_name,
    is_known,
)
from grader.model import ForbiddenCalls, SourceText

_HIDING = frozenset({"builtins.eval", "builtins.exec", "builtins.compile", "builtins.globals", "sys.modules"})
_Use = tuple[int, int, int, str]  # index of the source, line, column, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A place that uses what a rule forbids."""

    where: str  # "conv_nets.py, line 12"
    line: str  # the source there
    what: str  # "torch.nn.functional.conv2d"


def find_violations(
    sources: Sequence[SourceText], function: str, rule: ForbiddenCalls, *, others: Collection[str] = ()
) -> tuple[Violation, ...]:
    """Return every use of what the rule forbids that a function reaches, in the order of the sources.

    `others` are the names of other questions: they are judged for themselves and not looked behind.
    """
    program = read_program(tuple(sources))
    search = _Search(program, _stops(program, frozenset(others) - {function}), _Rule(rule))
    search.start(function)
    return tuple(dict.fromkeys(_violation(sources, use) for use in sorted(search.uses())))


def reached_names(sources: Sequence[SourceText], function: str, names: Collection[str]) -> frozenset[str]:
    """Return which of these names a function uses, itself or through its helpers; it looks behind none of them."""
    program = read_program(tuple(sources))
    nothing = ForbiddenCalls(rule="", questions=(), modules=(), functions=(), methods=(), operators=())
    search = _Search(program, _stops(program, frozenset(names) - {function}), _Rule(nothing))
    search.start(function)
    return frozenset(search.reached)


def _stops(program: Program, names: Collection[str]) -> dict[str, frozenset[str]]:
    """Return, for each module, under which of the names it has the very thing that the main file has."""
    resolver = Resolver(program, {})
    stops = {MAIN: frozenset(names)}
    answers = {name: things for name in names if (things := _things(resolver, MAIN, name))}
    for module in {scope.module for scope in program.modules.values()} - {MAIN}:
        stops[module] = frozenset(name for name in answers if answers[name] & _things(resolver, module, name))
    return stops


def _things(resolver: Resolver, module: str, name: str) -> set[Value]:
    return {value for value in resolver.global_values(module, name) if isinstance(value, Definition | Computed)}


def _violation(sources: Sequence[SourceText], use: _Use) -> Violation:
    index, line, _, what = use
    source = sources[index]
    text = source_lines(source.text)[line - 1].strip()
    return Violation(where=f"{source.name}, line {source.first_line + line - 1}", line=text, what=what)


class _Rule:
    """What is forbidden, as questions about paths and names."""

    def __init__(self, rule: ForbiddenCalls) -> None:
        self._rule = rule
        self.methods = frozenset(rule.methods)
        self._libraries = frozenset(pattern.split(".")[0] for pattern in (*rule.modules, *rule.functions))

    def breach(self, path: str) -> str:
        """Return what is wrong with mentioning a library's path, or ""."""
        if path in _HIDING or path.startswith("sys.modules."):
            return f"{path.removeprefix('builtins.')} (hides what is called)"
        if any(path == module or path.startswith(f"{module}.") for module in self._rule.modules):
            return path
        if any(fnmatchcase(path, pattern) for pattern in self._rule.functions):
            return path
        names = path.split(".")[1:] if self.watches(path) else []
        if "__dict__" in names:
            return f"{path} (hides what is called)"
        return path if self.methods.intersection(names) else ""

    def watches(self, path: str) -> bool:
        """Tell whether a path lies in a library of which something is forbidden."""
        return path.split(".")[0] in self._libraries


class _Search:
    """Visits everything that a function reaches, once, and notes what breaks the rule."""

    def __init__(self, program: Program, stops: dict[str, frozenset[str]], rule: _Rule) -> None:
        self._program = program
        self._resolver = Resolver(program, stops)
        self._rule = rule
        self._todo: list[Computed] = []  # what to visit
        self._seen: set[int] = set()
        self._uses: list[_Use] = []
        self._method_uses: list[tuple[ast.AST, Scope, str]] = []  # on objects of which nothing is known
        self._defined: set[str] = set()  # attributes that the submission itself gives to the objects it makes
        self.reached: set[str] = set()

    def start(self, function: str) -> None:
        """Visit all that a name of the main file stands for in the end."""
        for binding in self._program.global_bindings(MAIN, function):
            self._act(self._resolver.bound(binding), binding.node, binding.scope)
        while self._todo:
            item = self._todo.pop()
            self._visit(item.node, item.scope, item.at, item.is_kept)

    def uses(self) -> list[_Use]:
        """Return the places that break the rule; a method counts unless the submission defines one of that name."""
        unknown = [self._use(node, scope, f".{name}") for node, scope, name in self._method_uses if name not in self._defined]
        return [*self._uses, *unknown]

    def _note(self, node: ast.AST, scope: Scope, what: str) -> None:
        self._uses.append(self._use(node, scope, what))

    def _use(self, node: ast.AST, scope: Scope, what: str) -> _Use:
        index, line = self._program.place(scope.module, node)
        return index, line, getattr(node, "col_offset", 0), what

    def _push(self, nodes: Iterable[ast.AST], scope: Scope, at: int, is_kept: bool = False) -> None:
        for node in nodes:
            if id(node) not in self._seen:
                self._seen.add(id(node))
                self._todo.append(Computed(node, scope, at, is_kept))

    def _visit(self, node: ast.AST, scope: Scope, at: int, is_kept: bool) -> None:
        match node:
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) | ast.Call() | ast.Subscript(ctx=ast.Load()):
                self._mention(node, scope, at, is_kept)
                return
            case ast.Assign():
                self._push([node.value], scope, at, all(self._keeps(target, scope, at) for target in node.targets))
            case ast.AugAssign(target=ast.Name() as target):
                self._act(self._resolver.values(target, scope, at), target, scope)
            case ast.Attribute():
                self._defined.add(node.attr)
        if isinstance(node, Opener):
            self._enter(node, scope, at)
        else:
            self._push(parts(node), scope, at)

    def _keeps(self, target: ast.expr, scope: Scope, at: int) -> bool:
        """Tell whether every later use of what is assigned to a target can be seen: a name, or an attribute of self."""
        if isinstance(target, ast.Attribute):
            return is_known(self._resolver.values(target.value, scope, at))
        return isinstance(target, ast.Name)

    def _enter(self, node: Opener, scope: Scope, at: int) -> None:
        self._push(outside(node), scope, at)
        inner = self._program.scopes[id(node)]
        self._push(inside(node), inner, inner.at)
        for owner in (inner, scope):  # of a class as well as of a single method
            if owner.kind == "class":
                self._defined.update(owner.bindings, owner.attributes)

    def _mention(self, node: ast.expr, scope: Scope, at: int, is_kept: bool) -> None:
        """Follow what a name, a chain of attributes or a call stands for as far as it is known."""
        chain = self._resolver.chain(node, scope, at)
        found = self._resolver.values(chain.root, scope, at)
        if chain.links:
            is_kept = is_known(self._resolver.members(found, chain.links[0][0]))
        for name, link in chain.links:
            members = self._resolver.members(found, name)
            if not is_known(members):
                self._act(found, link, scope)
                if name in self._rule.methods:
                    self._method_uses.append((link, scope, name))
            found = members
        self._push(chain.rest, scope, at)
        if isinstance(chain.root, ast.Call):
            self._call(chain.root, scope, at, is_kept)
        elif not isinstance(chain.root, ast.Name):
            self._push(parts(chain.root) if chain.root is node else [chain.root], scope, at)
        if chain.links or not is_kept or not isinstance(node, ast.Call):
            self._act(found, node, scope)

    def _call(self, node: ast.Call, scope: Scope, at: int, is_kept: bool) -> None:
        """Visit the parts of a call; when its result is kept, later mentions tell what is done with it."""
        self._push([*node.args, *node.keywords], scope, at)
        self._defined.update(keyword.arg for keyword in node.keywords if keyword.arg)  # SimpleNamespace(backward=f)
        callee = self._resolver.callee(node, scope, at)
        if callee in IMPORTERS:
            if self._resolver.imported(node, scope, at) is None:
                self._note(node, scope, f"{callee.removeprefix('builtins.')} with a computed name")
            return
        classes = self._classes(node.func, scope, at) if is_kept else []
        for made in classes:
            self._make(made)
        if not classes:
            self._push([node.func], scope, at)
            self._look_up(callee, node, scope, at)

    def _classes(self, node: ast.expr, scope: Scope, at: int) -> list[Scope]:
        """Return the classes that a name stands for, or [] when it may also be something else."""
        found = [value for value in self._resolver.values(node, scope, at) if not isinstance(value, Member)]
        classes = [value.scope for value in found if isinstance(value, Definition) and value.scope.kind == "class"]
        return classes if is_dotted_name(node) and len(classes) == len(found) else []

    def _make(self, scope: Scope) -> None:
        """Visit what an object of a class may run unnamed; its other methods are visited where they are mentioned."""
        self._push(outside(scope.node), scope.parent or scope, scope.made_at)
        self._push([part for part in inside(scope.node) if not _is_plain_method(part)], scope, scope.at)
        self._defined.update(scope.bindings, scope.attributes)

    def _look_up(self, callee: str, node: ast.Call, scope: Scope, at: int) -> None:
        """Judge a call of a function that takes the name of an attribute."""
        if callee == "builtins.getattr" and node.args:
            for value in self._resolver.values(node.args[0], scope, at):
                if isinstance(value, External) and self._rule.watches(value.path):
                    self._note(node, scope, f"getattr with a computed name on {value.path}")
        elif callee in ("operator.methodcaller", "operator.attrgetter") and node.args:
            names = (self._program.text(node.args[0], scope, at) or "").split(".")
            self._method_uses += [(node, scope, name) for name in names if name in self._rule.methods]

    def _act(self, values: Iterable[Value], node: ast.AST, scope: Scope) -> None:
        """Go on with what is mentioned at a node."""
        for value in values:
            match value:
                case External():
                    what = self._rule.breach(value.path)
                    if what:
                        self._note(node, scope, what)
                case Definition(is_self=False):
                    self._push([value.scope.node], value.scope.parent or scope, value.scope.made_at)
                case Computed():
                    self._push([value.node], value.scope, value.at, value.is_kept)
                case Stopped():
                    self.reached.add(value.name)


def _is_plain_method(part: ast.AST) -> bool:
    return isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and not part.name.startswith("__")
