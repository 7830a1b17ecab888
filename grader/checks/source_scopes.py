"""Parses a submission's sources and collects every scope with the names it binds; nothing is run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from grader.checks.source_names import FINAL, MAIN, Binding, Program, Scope
from grader.model import SourceText

_ALREADY_IMPORTED = frozenset({"torch", "torchvision", "numpy"})  # a submission's file of that name is never imported
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Opener = _Function | ast.ClassDef | _Comprehension  # a node with a scope of its own


@lru_cache(maxsize=1)  # the same sources are asked about once for every question
def read_program(sources: tuple[SourceText, ...]) -> Program:
    """Parse the sources and collect every scope; a source that does not parse is left out."""
    bodies: dict[str, list[ast.stmt]] = {MAIN: []}
    starts: dict[str, list[tuple[int, int]]] = {}
    lines = 0
    for index, source in enumerate(sources):
        module = source.module.removesuffix(".__init__")
        tree = None if module.split(".")[0] in _ALREADY_IMPORTED else _parsed(source.text)
        if tree is not None:
            ast.increment_lineno(tree, lines)  # so that the cells of a notebook read as one text
            starts.setdefault(module, []).append((lines, index))
            lines += len(source_lines(source.text)) + 1
            bodies.setdefault(module, []).extend(tree.body)
    packages = frozenset(s.module.removesuffix(".__init__") for s in sources if "__init__" in s.module + s.name)
    program = Program(sources=sources, starts=starts, packages=packages)
    for module, body in bodies.items():
        program.modules[module] = Scope(kind="module", module=module, node=ast.Module(body=body, type_ignores=[]))
    for module in bodies:
        todo = [program.modules[module]]
        for scope in todo:  # grows: a scope comes after the one around it, which `nonlocal` needs
            todo += _Reader(program, scope).read()
    _add_other_names(program)
    return program


def source_lines(text: str) -> list[str]:
    """Split a source into lines where Python does, which is not everywhere str.splitlines does."""
    return re.split(r"\r\n|\r|\n", text)


def outside(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node with its own scope that are evaluated where the node stands; annotations are none."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [*node.decorator_list, *_defaults(node)]
        case ast.Lambda():
            return [*_defaults(node)]
        case ast.ClassDef():
            return [*node.decorator_list, *node.bases, *node.keywords]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return [node.generators[0].iter]
        case _:
            return []


def inside(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a module or of a node with its own scope that belong to that scope."""
    match node:
        case ast.Lambda():
            return [node.body]
        case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return [*node.body]
        case ast.DictComp():
            return [*_loops(node), node.key, node.value]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return [*_loops(node), node.elt]
        case _:
            return []


def parts(node: ast.AST) -> Iterable[ast.AST]:
    """Return the children of any other node that run; an annotation does not."""
    if isinstance(node, ast.AnnAssign):
        return [node.target, *([] if node.value is None else [node.value])]
    if type(node).__name__ == "TypeAlias":  # since Python 3.12
        return []
    return ast.iter_child_nodes(node)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a student's string is no concern of ours
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _add_other_names(program: Program) -> None:
    """Let a package without an __init__.py be found, and the main file under its own name."""
    for module in list(program.modules):
        above = module.split(".")[:-1]
        for name in (".".join(above[:end]) for end in range(1, len(above) + 1)):
            program.modules.setdefault(name, Scope(kind="module", module=name, node=ast.Module([], [])))
    names = [source.name.rpartition("/")[2].removesuffix(".py") for source in program.sources if source.module == MAIN]
    for name in ("__main__", *names):
        program.modules.setdefault(name, program.modules[MAIN])


def _defaults(node: _Function) -> list[ast.expr]:
    return [*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)]


def _loops(node: _Comprehension) -> Iterator[ast.AST]:
    for number, loop in enumerate(node.generators):
        yield loop.target
        yield from loop.ifs
        if number:
            yield loop.iter


class _Reader:
    """Collects the bindings of one scope and the scopes directly inside it."""

    def __init__(self, program: Program, scope: Scope) -> None:
        self._program = program
        self._scope = scope
        self._at = scope.at
        self._group = scope.group
        self._self_name = ""  # the first parameter of a method
        self._inner: list[Scope] = []

    def read(self) -> list[Scope]:
        """Fill the scope and return those inside, which are still to be read."""
        node = self._scope.node
        if isinstance(node, _Function):
            self._bind_parameters(node)
        elif isinstance(node, _Comprehension):
            for loop in node.generators:
                self._assign(loop.target, loop.iter, "part")
        for number, part in enumerate(inside(node)):
            if self._scope.kind == "module":
                self._group = number
            stack = [part]
            while stack:
                stack.extend(reversed(list(self._visit(stack.pop()))))
        return self._inner

    def _visit(self, node: ast.AST) -> Iterable[ast.AST]:
        """Bind what a node binds and return the nodes to look at next."""
        if self._scope.kind == "module" and isinstance(node, ast.stmt):
            self._at += 1
        if isinstance(node, Opener):
            return self._open(node)
        match node:
            case ast.If() if self._scope.kind == "module":
                return self._live_parts(node)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.Global() | ast.Nonlocal():
                self._declare(node)
            case _:
                self._bind_in(node)
        return parts(node)

    def _open(self, node: Opener) -> list[ast.AST]:
        kind = "class" if isinstance(node, ast.ClassDef) else "function"
        kind = "comprehension" if isinstance(node, _Comprehension) else kind
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            self._bind(node.name, "definition", node)
        scope = Scope(
            kind=kind,
            module=self._scope.module,
            node=node,
            parent=self._scope,
            at=FINAL if kind == "function" else self._at,
            made_at=self._at,
            group=self._group,
        )
        self._program.scopes[id(node)] = scope
        self._inner.append(scope)
        return outside(node)

    def _live_parts(self, node: ast.If) -> Iterable[ast.AST]:
        """Leave out what a module never runs: `if TYPE_CHECKING`, and `if __name__ == "__main__"` in a .py file."""
        match node.test:
            case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING") | ast.Constant(False):
                return node.orelse
            case ast.Constant(True):
                return node.body
            case ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")]):
                index, _ = self._program.place(self._scope.module, node)
                return node.orelse if self._program.sources[index].name.endswith(".py") else node.body
        return parts(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        origin = ""
        if isinstance(node, ast.ImportFrom):
            level, origin = node.level, node.module or ""
            origin = self._program.relative_path(self._scope.module, level, origin) if level else origin
        for alias in node.names:
            path = f"{origin}.{alias.name}".strip(".")
            if alias.name == "*":
                self._scope.stars.append(self._binding("path", node, origin))
            elif isinstance(node, ast.Import) and not alias.asname:
                top = path.split(".")[0]
                self._bind(top, "path", node, top)
            else:
                self._bind(alias.asname or alias.name, "path", node, path)

    def _declare(self, node: ast.Global | ast.Nonlocal) -> None:
        parent, module = self._scope.parent, self._program.modules[self._scope.module]
        if parent is not None:
            for name in node.names:
                owner = self._program.owner(name, parent) if isinstance(node, ast.Nonlocal) else module
                self._scope.outer[name] = owner

    def _bind_in(self, node: ast.AST) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self._assign(target, node.value)
            case ast.AnnAssign() | ast.NamedExpr():
                self._assign(node.target, node.value)
            case ast.AugAssign():
                self._assign(node.target, node, "part")
            case ast.For() | ast.AsyncFor():
                self._assign(node.target, node.iter, "part")
            case ast.withitem(optional_vars=ast.expr() as target):
                self._assign(target, node.context_expr, "part")
            case (
                ast.ExceptHandler(name=str(word))
                | ast.MatchAs(name=str(word))
                | ast.MatchStar(name=str(word))
                | ast.MatchMapping(rest=str(word))
            ):
                self._bind(word, "unknown", node)

    def _assign(self, target: ast.expr, value: ast.AST | None, kind: str = "value") -> None:
        """Bind the names in a target: pairwise where tuples match, else each to a part of the value."""
        match target:
            case ast.Name():
                self._bind(target.id, kind if value else "unknown", value or target)
            case ast.Attribute(ast.Name(name), attribute) if name == self._self_name and self._scope.parent and value:
                attributes = self._scope.parent.attributes.setdefault(attribute, [])
                attributes.append(self._binding(kind, value))
            case ast.Starred():
                self._assign(target.value, value, "part")
            case ast.Tuple() | ast.List():
                values: Sequence[ast.AST | None] = _elements(value) if kind == "value" and _elements(target) else []
                if len(values) != len(target.elts):
                    values, kind = [value] * len(target.elts), "part"
                for element, item in zip(target.elts, values, strict=True):
                    self._assign(element, item, kind)

    def _bind_parameters(self, node: _Function) -> None:
        given, parent = [*node.args.posonlyargs, *node.args.args], self._scope.parent
        defaults = [*([None] * (len(given) - len(node.args.defaults))), *node.args.defaults, *node.args.kw_defaults]
        for argument, default in zip([*given, *node.args.kwonlyargs], defaults, strict=True):
            self._bind_parameter(argument, "value" if default else "unknown", default)
        for argument in filter(None, (node.args.vararg, node.args.kwarg)):
            self._bind_parameter(argument, "unknown")
        if given and parent and parent.kind == "class" and not isinstance(node, ast.Lambda):
            kind = _first_parameter_kind(node)
            self._self_name = given[0].arg if kind != "unknown" else ""
            self._bind_parameter(given[0], kind)

    def _bind_parameter(self, argument: ast.arg, kind: str, default: ast.expr | None = None) -> None:
        scope, at = self._scope.parent or self._scope, self._scope.made_at
        binding = Binding(kind=kind, node=default or argument, scope=scope, at=at, group=self._group)
        self._scope.bindings[argument.arg] = [binding]

    def _bind(self, name: str, kind: str, node: ast.AST, path: str = "") -> None:
        scope, binding = self._scope, self._binding(kind, node, path)
        while scope.kind == "comprehension" and kind == "value" and scope.parent:  # only `:=` does this there
            scope = scope.parent
        scope.bindings.setdefault(name, []).append(binding)
        owner = scope.outer.get(name)
        if owner is not None:
            table = owner.late if owner.kind == "module" else owner.bindings
            table.setdefault(name, []).append(binding)

    def _binding(self, kind: str, node: ast.AST, path: str = "") -> Binding:
        return Binding(kind=kind, node=node, scope=self._scope, at=self._at, group=self._group, path=path)


def _elements(node: ast.AST | None) -> list[ast.expr]:
    """Return the elements of a tuple or list that is written out, or [] when a star makes their number unknown."""
    if not isinstance(node, ast.Tuple | ast.List) or any(isinstance(element, ast.Starred) for element in node.elts):
        return []
    return node.elts


def _first_parameter_kind(method: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    decorators = {decorator.id for decorator in method.decorator_list if isinstance(decorator, ast.Name)}
    if "staticmethod" in decorators:
        return "unknown"
    return "class" if "classmethod" in decorators or method.name == "__new__" else "self"
