"""Takes a module of an assignment apart: what each statement at its top binds, uses and may change; nothing is run."""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.checks.effects import (
    Chain,
    Deed,
    Import,
    Names,
    chain_of,
    is_constant,
    is_fresh,
    is_used_up,
    judge,
    judge_functions,
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = _Function | ast.ClassDef
_LOADERS = frozenset({"importlib", "runpy", "pkgutil", "imp"})  # libraries that bring any module
_REACHES_ALL = frozenset({"__import__", "exec", "eval", "compile", "globals", "vars", "locals"})
_REACHES_ALL_AS_ATTRIBUTE = frozenset({"__globals__", "__subclasses__", "__builtins__", "import_module"})
_NAMES = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(\s*,\s*[^\W\d]\w*)*")  # "case", "a.b.c" or "case, size"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # two statements are never the same one
class Statement:
    """One statement at the top of a module; an import is one statement for each of its names."""

    module: str
    index: int
    text: str  # the digest of its syntax tree
    binds: frozenset[str]
    uses: frozenset[Chain]  # the names in it, wherever they stand: too many where a local name is the same
    runs: frozenset[Chain]  # those that are evaluated when the module is imported
    imports: tuple[Import, ...]
    is_import: bool
    pervades: bool  # it bears on its whole module: `from x import *` may bind any name, `__future__` changes what code means
    reaches_all: bool  # it finds modules or names in ways that cannot be read from the source
    now: Deed  # what it may do when the module is imported
    later: Deed  # what its functions may do when they are called
    is_constant: bool  # nobody can change what it has bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a module stands, and what decides whether an import in it means the assignment's code."""

    module: str
    package: str  # that relative imports start from
    top: str  # the package of all assignments: a string that begins with it names a module, too
    is_own: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    node: ast.stmt
    text: str
    binds: frozenset[str]
    imports: tuple[Import, ...]
    is_import: bool = False


def read_statements(tree: ast.Module, place: Place) -> tuple[Statement, ...]:
    """Return what the statements at the top of a module bind and use."""
    drafts = [draft for number, node in enumerate(tree.body) for draft in _drafts(node, place, is_first=number == 0)]
    names = _names_of(tree, drafts, place)
    return tuple(_statement(draft, index, names, place) for index, draft in enumerate(drafts))


def _drafts(node: ast.stmt, place: Place, *, is_first: bool) -> Iterator[_Draft]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for name, origin in _imported(node, place):
            text = f"import {origin.loads} {'.'.join((origin.module, *origin.path))} as {name}"
            yield _Draft(node=node, text=text, binds=frozenset({name} - {"*"}), imports=(origin,), is_import=True)
        return
    inner = (item for item in ast.walk(node) if isinstance(item, ast.Import | ast.ImportFrom))
    imports = [origin for statement in inner for _, origin in _imported(statement, place)]
    binds = {"__doc__"} if is_first and _is_constant_line(node) else _bound(node)
    text = ast.dump(node, annotate_fields=False)
    yield _Draft(node=node, text=text, binds=frozenset(binds), imports=(*imports, *_named_modules(node, place)))


def _imported(node: ast.Import | ast.ImportFrom, place: Place) -> Iterator[tuple[str, Import]]:
    """Yield what an import binds, with what it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            module = alias.name if alias.asname else alias.name.split(".")[0]
            origin = Import(loads=alias.name, module=module, is_own=place.is_own(module))
            yield alias.asname or module, origin
        return
    parts = place.package.split(".")
    base = parts[: len(parts) - node.level + 1] if node.level else []
    module = ".".join([*base, *([node.module] if node.module else [])])
    for alias in node.names:
        origin = Import(loads=module, module=module, path=(alias.name,), is_own=place.is_own(module))
        yield alias.asname or alias.name, origin


def _named_modules(node: ast.stmt, place: Place) -> Iterator[Import]:
    """Yield the modules of ours that strings name: `pytest_plugins = ["assignments.nets.fixtures"]`."""
    for chain in _strings(ast.walk(node)):
        if chain[0] == place.top and len(chain) > 1:
            yield Import(loads=chain[0], module=chain[0], path=chain[1:], is_own=True)


def _names_of(tree: ast.Module, drafts: Sequence[_Draft], place: Place) -> Names:
    imported: dict[str, set[Import]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, origin in _imported(node, place):
                imported.setdefault(name, set()).add(origin)
    bound = {name for draft in drafts for name in draft.binds}
    others = {name for draft in drafts if not isinstance(draft.node, _Definition) for name in draft.binds}
    names = Names(imported=imported, bound=bound, defined=bound - others)
    stale = {name for draft in drafts if not _binds_afresh(draft.node, names) for name in draft.binds}
    return Names(imported=imported, bound=bound, defined=bound - others, fresh=bound - stale)


def _binds_afresh(node: ast.stmt, names: Names) -> bool:
    return isinstance(node, ast.AugAssign | ast.Delete) or is_fresh(_value_of(node), names)


def _value_of(node: ast.stmt) -> ast.expr | None:
    return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None


def _statement(draft: _Draft, index: int, names: Names, place: Place) -> Statement:
    node, imports = draft.node, draft.imports
    now, later = _split(node, names)
    uses, runs = (frozenset() if draft.is_import else frozenset(_chains(nodes)) for nodes in ([*now, *later], now))
    return Statement(
        module=place.module,
        index=index,
        text=hashlib.sha256(draft.text.encode("utf-8", "surrogatepass")).hexdigest(),
        binds=draft.binds,
        uses=uses,
        runs=runs,
        imports=imports,
        is_import=draft.is_import,
        pervades=any(origin.path == ("*",) or origin.module == "__future__" for origin in imports),
        reaches_all=any(map(_is_loader, imports)) or any(map(_reaches_all, uses)),
        now=_deed_now(draft, now, names),
        later=max(judge_functions(node, names), Deed.CHANGES if is_used_up(_value_of(node), names) else Deed.QUIET),
        is_constant=_is_lasting(node, names),
    )


def _split(node: ast.stmt, names: Names) -> tuple[list[ast.AST], list[ast.AST]]:
    """Return the nodes that run when the module is imported, and those inside functions; what may run then is in both."""
    now: list[ast.AST] = []
    later: list[ast.AST] = []
    todo: list[ast.AST] = [node]
    while todo:
        item = todo.pop()
        now.append(item)
        if isinstance(item, ast.Lambda):
            later += ast.walk(item.body)
        elif isinstance(item, _Function):
            later += [inner for line in item.body for inner in ast.walk(line)]
            if not _is_handed_over(item, names):
                todo += _without_body(item)
                continue
        todo += ast.iter_child_nodes(item)
    return now, later


def _is_handed_over(node: _Function, names: Names) -> bool:
    """Does a decorator of the assignment get the function? It may call it at once."""
    called = [decorator.func if isinstance(decorator, ast.Call) else decorator for decorator in node.decorator_list]
    chains = [chain_of(decorator) for decorator in called]
    return any(not chain or _is_ours(chain[0], names) for chain in chains)


def _is_ours(name: str, names: Names) -> bool:
    """Is a name defined here, or brought by a star?"""
    if name in names.imported:
        return any(origin.is_own for origin in names.imported[name])
    return name in names.bound or not hasattr(builtins, name)


def _deed_now(draft: _Draft, nodes: Iterable[ast.AST], names: Names) -> Deed:
    if draft.is_import:
        return Deed.QUIET
    deed = judge(nodes, names)
    is_idle = (
        deed is Deed.QUIET and not draft.binds and not isinstance(draft.node, ast.Pass) and not _is_constant_line(draft.node)
    )
    return Deed.LOUD if is_idle else deed


def _is_constant_line(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_lasting(node: ast.stmt, names: Names) -> bool:
    """Is what a statement binds out of everybody's reach for a change? Functions, imports, constants and strategies are."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return not any(isinstance(inner, ast.Global) for inner in ast.walk(node))
        case ast.ClassDef():
            return not any(isinstance(line, ast.Assign | ast.AnnAssign) and line.value for line in node.body)
    return is_constant(_value_of(node), names)


def _bound(node: ast.stmt) -> set[str]:
    """Return the names of the module that a statement binds or deletes, by `global` in a function too."""
    names = {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
    todo: list[ast.AST] = [node]
    while todo:
        item = todo.pop()
        names |= _bound_by(item)
        match item:
            case ast.Lambda():
                continue
            case ast.comprehension():  # its variables are its own
                todo += [item.iter, *item.ifs]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                todo += _without_body(item)
            case _:
                todo += ast.iter_child_nodes(item)
    return names


def _bound_by(node: ast.AST) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return {name}
        case ast.MatchMapping(rest=str(name)):
            return {name}
        case ast.alias():
            return {node.asname or node.name.split(".")[0]}
    return set()


def _without_body(node: _Definition) -> list[ast.AST]:
    body = set(map(id, node.body))
    return [child for child in ast.iter_child_nodes(node) if id(child) not in body]


def _chains(nodes: Iterable[ast.AST]) -> Iterator[Chain]:
    """Yield the dotted names among nodes: the longest ones, parameters (fixtures), and strings that look like names."""
    nodes = list(nodes)
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        match node:
            case ast.Name() | ast.Attribute() if id(node) not in inner and (chain := chain_of(node)):
                yield chain
            case ast.arg():
                yield (node.arg,)
            case ast.Global():
                yield from ((name,) for name in node.names)
    yield from _strings(nodes)


def _strings(nodes: Iterable[ast.AST]) -> Iterator[Chain]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAMES.fullmatch(node.value):
            yield from (tuple(name.strip().split(".")) for name in node.value.split(","))


def _is_loader(origin: Import) -> bool:
    return origin.module.split(".")[0] in _LOADERS or (origin.module, origin.path) == ("sys", ("modules",))


def _reaches_all(chain: Chain) -> bool:
    is_known = chain[0] in _REACHES_ALL or chain[:2] == ("sys", "modules")
    return is_known or not _REACHES_ALL_AS_ATTRIBUTE.isdisjoint(chain[1:])
