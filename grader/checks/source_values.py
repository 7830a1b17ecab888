"""Finds out what an expression of a submission may stand for, without running it: a library's path or a definition.

What cannot be known has no value; what a rule makes of a value is not known here.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.checks.source_names import FINAL, Binding, Program, Scope

MAX_DEPTH = 40  # of aliases of aliases; none that is meant honestly is nearly as deep
IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the submission, by its dotted path: "torch.nn.functional"."""

    path: str


@dataclass(frozen=True, slots=True)
class Helper:
    """A module of the submission."""

    module: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class of the submission, or an instance of the class."""

    scope: Scope
    is_self: bool = False  # a method's first parameter: to mention it is not to mention the whole class


@dataclass(frozen=True, slots=True)
class Computed:
    """What an expression evaluates to, of which no more is known than the names that it mentions."""

    node: ast.AST
    scope: Scope
    at: int
    is_kept: bool = False  # under a name, whose mentions tell what is done with it


@dataclass(frozen=True, slots=True)
class Stopped:
    """A name of another question, beyond which nothing is looked at."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """Something that a class or module of the submission defines, whatever it is."""


Value = External | Helper | Definition | Computed | Stopped | Member


@dataclass(frozen=True, slots=True)
class Chain:
    """An expression taken apart: `f(x).a.b` is the root `f(x)` and the links a and b, `getattr(m, "a")` links too."""

    root: ast.AST
    links: Sequence[tuple[str, ast.AST]]
    rest: Sequence[ast.AST]  # other parts that are evaluated on the way


def is_known(values: Iterable[Value]) -> bool:
    """Tell whether more is known than the names that an expression mentions."""
    return any(not isinstance(value, Computed) for value in values)


def is_dotted_name(node: ast.AST) -> bool:
    """Tell whether an expression is a name with attributes and nothing else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


class Resolver:
    """Answers what expressions stand for; `stops` are names that are not looked behind, for each module."""

    def __init__(self, program: Program, stops: Mapping[str, Collection[str]]) -> None:
        self._program = program
        self._stops = stops
        self._bound: dict[Binding, tuple[Value, ...]] = {}
        self._local: dict[tuple[Scope, str], tuple[Value, ...]] = {}
        self._depth = 0

    def values(self, node: ast.AST, scope: Scope, at: int) -> tuple[Value, ...]:
        """Return everything that an expression may stand for; empty when nothing is known."""
        if self._depth >= MAX_DEPTH:
            return ()
        self._depth += 1
        found = self._values(node, scope, at)
        self._depth -= 1
        return found

    def _values(self, node: ast.AST, scope: Scope, at: int) -> tuple[Value, ...]:
        match node:
            case ast.Name():
                return self._named(node.id, scope, at)
            case ast.IfExp():
                return _union(self.values(branch, scope, at) for branch in (node.body, node.orelse))
            case ast.BoolOp():
                return _union(self.values(value, scope, at) for value in node.values)
            case ast.NamedExpr():
                return self.values(node.value, scope, at)
        chain = self.chain(node, scope, at)
        if chain.links:
            found = self.values(chain.root, scope, at)
            for name, _ in chain.links:
                found = self.members(found, name)
            return found
        return self._called(node, scope, at) if isinstance(node, ast.Call) else ()

    def chain(self, node: ast.AST, scope: Scope, at: int) -> Chain:
        """Take attributes, and looking them up by a constant name, off an expression."""
        links: list[tuple[str, ast.AST]] = []
        rest: list[ast.AST] = []
        while True:
            match node:
                case ast.Attribute():
                    links.append((node.attr, node))
                    node = node.value
                    continue
                case ast.Call():
                    step = self._call_as_link(node, scope, at)
                case ast.Subscript():
                    step = self._subscript_as_link(node, scope, at)
                case _:
                    step = None
            if step is None:
                return Chain(root=node, links=links[::-1], rest=rest)
            names, base, others = step
            links.extend((name, node) for name in reversed(names))
            rest.extend(others)
            node = base

    def _call_as_link(self, node: ast.Call, scope: Scope, at: int) -> tuple[list[str], ast.expr, list[ast.expr]] | None:
        callee = self.callee(node, scope, at)
        match node.args:
            case [base] if callee == "builtins.vars":
                return ["__dict__"], base, []
            case [base, key, *others] if callee == "builtins.getattr":
                name = self._program.text(key, scope, at)
                return None if name is None else ([name], base, others)
            case [base] if isinstance(node.func, ast.Call) and len(node.func.args) == 1:
                name = self._program.text(node.func.args[0], scope, at)
                if name and self.callee(node.func, scope, at) == "operator.attrgetter":
                    return name.split("."), base, []
        return None

    def _subscript_as_link(self, node: ast.Subscript, scope: Scope, at: int) -> tuple[list[str], ast.expr, list[ast.expr]] | None:
        """Read `base.__dict__["name"]` and `vars(base)["name"]` as `base.name`."""
        match node.value:
            case ast.Attribute(base, "__dict__"):
                pass
            case ast.Call(args=[base]) if self.callee(node.value, scope, at) == "builtins.vars":
                pass
            case _:
                return None
        name = self._program.text(node.slice, scope, at)
        return None if name is None else ([name], base, [])

    def callee(self, node: ast.Call, scope: Scope, at: int) -> str:
        """Return the path of the library's function that is called by a plain name, or ""."""
        match node.func:
            case ast.Name() | ast.Attribute(value=ast.Name()):
                found = self.values(node.func, scope, at)
                return next((value.path for value in found if isinstance(value, External)), "")
        return ""

    def imported(self, node: ast.Call, scope: Scope, at: int) -> tuple[Value, ...] | None:
        """Return the module that a call of import_module or __import__ brings; None when its name is computed."""
        names = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "name")]
        path = self._program.text(names[0], scope, at) if names else None
        if path is None:
            return None
        bare = path.lstrip(".")
        if bare != path:
            path = self._program.relative_path(scope.module, len(path) - len(bare), bare)
        found = self._at_path(path)
        if self.callee(node, scope, at) == "builtins.__import__":  # which returns the package, and has run the module
            found = (*found, *self._at_path(path.split(".")[0]))
        return found

    def _called(self, node: ast.Call, scope: Scope, at: int) -> tuple[Value, ...]:
        if self.callee(node, scope, at) in IMPORTERS:
            return self.imported(node, scope, at) or ()
        callees = self.values(node.func, scope, at)
        return tuple(value for value in callees if isinstance(value, Definition) and value.scope.kind == "class")

    def _named(self, name: str, scope: Scope, at: int) -> tuple[Value, ...]:
        owner = self._program.owner(name, scope)
        if owner.parent is None:
            is_builtin = hasattr(builtins, name) and not self._program.global_bindings(owner.module, name)
            return (External(f"builtins.{name}"),) if is_builtin else self.global_values(owner.module, name, at)
        if (owner, name) not in self._local:
            found = _union(self.bound(binding) for binding in owner.bindings.get(name, ()))
            if owner.kind != "class":  # the function that computes it is looked at anyway
                found = tuple(value for value in found if not isinstance(value, Computed))
            self._local[owner, name] = found
        return self._local[owner, name]

    def global_values(self, module: str, name: str, at: int = FINAL) -> tuple[Value, ...]:
        """Return what a name at the level of a module may stand for at a time."""
        bindings = self._program.global_bindings(module, name, at)
        if name in self._stops.get(module, ()) and bindings == self._program.global_bindings(module, name):
            return (Stopped(name),)
        return _union(self.bound(binding) for binding in bindings)

    def bound(self, binding: Binding) -> tuple[Value, ...]:
        """Return what a binding gives its name."""
        if binding not in self._bound and self._depth < MAX_DEPTH:
            self._bound[binding] = ()  # while it is being found: a name may be bound to itself
            self._depth += 1
            self._bound[binding] = self._value_of(binding)
            self._depth -= 1
        return self._bound.get(binding, ())

    def _value_of(self, binding: Binding) -> tuple[Value, ...]:
        match binding.kind:
            case "path":
                return self._at_path(binding.path)
            case "definition":
                return (Definition(self._program.scopes[id(binding.node)]),)
            case "self":
                return (Definition(binding.scope, is_self=True),)
            case "class":
                return (Definition(binding.scope),)
            case "value" | "part":
                is_value = binding.kind == "value"
                computed = Computed(binding.node, binding.scope, binding.at, is_kept=is_value)
                found = self.values(binding.node, binding.scope, binding.at) if is_value else ()
                return found if is_known(found) and is_dotted_name(binding.node) else (*found, computed)
        return ()

    def _at_path(self, path: str) -> tuple[Value, ...]:
        top, *names = path.split(".")
        if top not in self._program.modules:
            return (External(path),)
        found: tuple[Value, ...] = (Helper(top),)
        for name in names:
            found = self.members(found, name)
        return found

    def members(self, values: Iterable[Value], name: str) -> tuple[Value, ...]:
        """Return what an attribute of any of the values may stand for."""
        return _union(self._members(value, name) for value in values)

    def _members(self, value: Value, name: str) -> tuple[Value, ...]:
        match value:
            case External():
                return (External(f"{value.path}.{name}"),)
            case Helper():
                return self._in_module(self._program.modules[value.module].module, value.module, name)
            case Definition() if value.scope.kind == "class":
                return self._in_class(value.scope, name)
            case Computed() | Stopped():
                return (value,)
        return ()

    def _in_module(self, module: str, shown: str, name: str) -> tuple[Value, ...]:
        if self._program.global_bindings(module, name):
            return (*self.global_values(module, name), Member())
        submodule = f"{shown}.{name}"
        return (Helper(submodule),) if submodule in self._program.modules else ()

    def _in_class(self, scope: Scope, name: str) -> tuple[Value, ...]:
        """Look a name up in a class and the classes of the submission that it derives from, then in foreign ones."""
        foreign: list[Value] = []
        todo = [scope]
        for found in todo:  # grows
            bindings = [*found.bindings.get(name, ()), *found.attributes.get(name, ())]
            if bindings:
                return (*_union(self.bound(binding) for binding in bindings), Member())
            for base in self._bases(found):
                if isinstance(base, Definition) and base.scope.kind == "class" and base.scope not in todo:
                    todo.append(base.scope)
                elif isinstance(base, External):
                    foreign.append(External(f"{base.path}.{name}"))
        return tuple(foreign)

    def _bases(self, scope: Scope) -> tuple[Value, ...]:
        around = scope.parent or scope
        bases = scope.node.bases if isinstance(scope.node, ast.ClassDef) else []
        return _union(self.values(base, around, scope.made_at) for base in bases)


def _union(found: Iterable[Iterable[Value]]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(value for values in found for value in values))
