"""Judges what a piece of an assignment's code may change when it runs, besides binding its names; nothing is run.

What is not known to leave things alone counts as changing them: a wrong "quiet" would keep a stale result, a wrong "loud"
only runs a check once more. What the libraries do is known by name, and only as far as checks are commonly written with them.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

Chain = tuple[str, ...]  # a dotted name: `oracles.conv2d` is ("oracles", "conv2d")

STRATEGIES = ("hypothesis.strategies", "grader.checks.strategies")  # what they return never changes
_QUIET_LIBRARIES = re.compile(
    r"grader|hypothesis|pytest|torch|numpy|scipy|math|cmath|fractions|decimal|itertools|functools|operator|collections"
    r"|dataclasses|enum|typing|typing_extensions|abc|re|string|textwrap|copy|types|contextlib|json|datetime"
)
_QUIET_METHODS = re.compile(
    r"items|keys|values|get|copy|count|index|join|split|strip|lower|upper|format|startswith|endswith|map|filter|flatmap"
    r"|reshape|view|flip|flatten|numpy|tolist|item|clone|detach|double|float|long|int|bool|to|sum|mean|abs|astype"
)
_LOUD_BUILTINS = re.compile(
    r"open|input|exec|eval|compile|__import__|setattr|delattr|next|breakpoint|globals|vars|locals|exit|quit"
)
_CONTAINERS = frozenset({"list", "dict", "set", "tuple", "frozenset", "bytearray"})
_Late = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp  # what runs later than it is made
_DISPLAYS = ast.Constant | ast.List | ast.Set | ast.Dict | ast.ListComp | ast.SetComp | ast.DictComp
_ITERATORS = frozenset({"iter", "map", "filter", "zip", "enumerate", "reversed"})
_NOISY = re.compile(  # draws from a generator or changes a setting of the whole process
    r"rand|(manual_|initial_)?seed|set_|register|load_profile|shuffle|permutation|choice|sample(_|$)|normal_?$|uniform_?$"
    r"|bernoulli|multinomial|poisson|exponential|dropout|use_|enable|disable|importorskip"
)
_NOISY_HYPOTHESIS = re.compile(r"register|load_profile")


class Deed(IntEnum):
    """What running code may do besides binding its names; the greater one is the worse one."""

    QUIET = 0
    CHANGES = 1  # an object of the assignment that it can reach
    LOUD = 2  # what any check may see: a generator's state, a setting, a registry of a library


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What one name of an import statement stands for."""

    loads: str  # the module that is imported: a.b for `import a.b`
    module: str  # the module that the name is looked up in: a for `import a.b`, a.b for `from a.b import c`
    path: Chain = ()  # what is taken from it: ("c",)
    is_own: bool = False  # whether it is the assignment's code, not a library's


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What is known of a module's names."""

    imported: Mapping[str, Collection[Import]]  # by imports anywhere in it
    bound: Collection[str]
    defined: Collection[str]  # bound by `def` and `class` alone
    fresh: Collection[str] = ()  # bound to objects that were made on the spot
    local: Collection[str] = ()  # in a function: bound there, to objects that it has made itself


def judge(nodes: Iterable[ast.AST], names: Names, *, at_import: bool = True) -> Deed:
    """Return the worst that these nodes may do, each taken without its children; `at_import`: outside of functions."""
    return max((_deed(node, names, at_import) for node in nodes), default=Deed.QUIET)


def judge_functions(node: ast.AST, names: Names) -> Deed:
    """Return the worst that the functions inside a statement may do when they are called."""
    worst = Deed.QUIET
    for function in (inner for inner in ast.walk(node) if isinstance(inner, _Late)):
        own = _nodes_of(function)
        parameters = {inner.arg for inner in ast.walk(function) if isinstance(inner, ast.arg)}
        local = _made_in(own, names) - parameters - names.imported.keys()
        worst = max(worst, judge(own, replace(names, local=local), at_import=False))
    return worst


def chain_of(node: ast.expr) -> Chain:
    """Return a dotted name, or () for any other expression."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def is_fresh(node: ast.expr | None, names: Names) -> bool:
    """Is this an object made on the spot, so that changing it changes nothing else?"""
    match node:
        case ast.Tuple():
            return all(is_fresh(element, names) for element in node.elts)
        case ast.Call():
            root = _root(node)
            if root in names.imported:
                return all(_is_quiet_library(origin) for origin in names.imported[root])
            return root in _CONTAINERS and root not in names.bound
    return isinstance(node, _DISPLAYS)


def is_constant(node: ast.expr | None, names: Names) -> bool:
    """Is this a value that nobody can change, whoever gets it?"""
    match node:
        case ast.Tuple():
            return all(is_constant(element, names) for element in node.elts)
        case ast.BinOp():
            return is_constant(node.left, names) and is_constant(node.right, names)
        case ast.UnaryOp():
            return is_constant(node.operand, names)
        case ast.Call():
            origins = names.imported.get(_root(node), ())
            return bool(origins) and all(_dotted(origin).startswith(STRATEGIES) for origin in origins)
    return isinstance(node, ast.Constant)


def is_used_up(node: ast.expr | None, names: Names) -> bool:
    """Is this an iterator, so that whoever reads it changes it?"""
    if isinstance(node, ast.GeneratorExp) or node is None:
        return node is not None
    root = _root(node)
    return any(_library_of(origin) == "itertools" for origin in names.imported.get(root, ())) or root in _ITERATORS


def _nodes_of(function: _Late) -> list[ast.AST]:
    """Return what runs when a function is called, without the bodies of functions inside it."""
    own: list[ast.AST] = []
    todo = _body_of(function)
    while todo:
        node = todo.pop()
        own.append(node)
        body = set(map(id, _body_of(node))) if isinstance(node, _Late) else set()
        todo += [child for child in ast.iter_child_nodes(node) if id(child) not in body]
    return own


def _body_of(function: _Late) -> list[ast.AST]:
    match function:
        case ast.Lambda():
            return [function.body]
        case ast.GeneratorExp():
            return [function.elt, *function.generators]
    return [*function.body]


def _made_in(nodes: Collection[ast.AST], names: Names) -> set[str]:
    """Return the local names of a function that it binds to nothing but containers and constants of its own."""
    if any(isinstance(node, ast.ClassDef) for node in nodes):
        return set()  # what a class binds is not the function's
    made: set[str] = set()
    others: set[str] = set()
    known = {id(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target, value in _pairs(node):
                known.add(id(target))
                (made if value is not None and _is_made(value, names) else others).add(target.id)
    for node in nodes:
        others.update(_otherwise_bound(node) if id(node) not in known else ())
    return made - others


def _otherwise_bound(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return [node.id]
        case ast.Global() | ast.Nonlocal():
            return node.names
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
    return []


def _pairs(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[ast.Name, ast.expr | None]]:
    """Yield the plain names that an assignment binds, each with its value, as far as both are written out."""
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name):
            yield target, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and len(target.elts) == len(node.value.elts):
            both = zip(target.elts, node.value.elts, strict=True)
            yield from ((name, value) for name, value in both if isinstance(name, ast.Name))


def _is_made(node: ast.expr, names: Names) -> bool:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return isinstance(node, _DISPLAYS) or (is_call and is_fresh(node, names) and _root(node) in _CONTAINERS)


def _deed(node: ast.AST, names: Names, at_import: bool) -> Deed:
    match node:
        case ast.Call():
            gives_out = any(keyword.arg == "out" for keyword in node.keywords)
            return max(_deed_of_call(node.func, names), Deed.CHANGES if gives_out else Deed.QUIET)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return max((_deed_of_decorator(decorator, names) for decorator in node.decorator_list), default=Deed.QUIET)
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return _deed_of_store(node, names, at_import)
        case ast.AugAssign():
            return _deed_of_store(node.target, names, at_import)
        case ast.Global() | ast.Nonlocal() | ast.Yield() | ast.YieldFrom():
            return Deed.CHANGES
        case ast.Assert() | ast.Raise():
            return Deed.LOUD if at_import else Deed.QUIET
        case ast.Expr() if at_import:
            is_silent = isinstance(node.value, ast.Constant) or _root(node.value) in names.fresh
            return Deed.QUIET if is_silent else Deed.LOUD
    return Deed.QUIET


def _deed_of_decorator(decorator: ast.expr, names: Names) -> Deed:
    if not isinstance(decorator, ast.Call):
        return _deed_of_call(decorator, names)
    by_itself = {"autouse", "name"}  # a fixture that checks may use without writing its function's name
    return Deed.LOUD if any(keyword.arg in by_itself for keyword in decorator.keywords) else Deed.QUIET


def _deed_of_store(node: ast.expr, names: Names, at_import: bool) -> Deed:
    root = _root(node)
    if any(not origin.is_own for origin in names.imported.get(root, ())):
        return Deed.LOUD
    if _is_local(node.value if isinstance(node, ast.Subscript) else node, names):
        return Deed.QUIET
    return Deed.LOUD if at_import and root not in names.fresh else Deed.CHANGES


def _deed_of_call(function: ast.expr, names: Names) -> Deed:
    chain = chain_of(function)
    if not chain:
        return _deed_of_method(function.attr) if isinstance(function, ast.Attribute) else Deed.CHANGES
    first, *rest = chain
    if first in names.imported:
        return max(_deed_of_imported(origin, rest) for origin in names.imported[first])
    if _is_local(function.value if isinstance(function, ast.Attribute) else function, names):
        return Deed.LOUD if _NOISY.match(chain[-1]) else Deed.QUIET
    if rest:
        return _deed_of_method(rest[-1])
    if first in names.bound:
        return Deed.QUIET if first in names.defined else Deed.CHANGES  # what a function of ours does is judged on its body
    if hasattr(builtins, first):
        return Deed.LOUD if _LOUD_BUILTINS.fullmatch(first) else Deed.QUIET
    stars = names.imported.get("*", ())  # else it is local
    return max((_deed_of_imported(replace(star, path=()), [first]) for star in stars), default=Deed.QUIET)


def _deed_of_imported(origin: Import, rest: list[str]) -> Deed:
    path = [*origin.path, *rest]
    if origin.is_own:
        return _deed_of_method(path[-1]) if len(path) > 1 else Deed.QUIET
    parts = [*origin.module.split("."), *path]
    if not _QUIET_LIBRARIES.fullmatch(parts[0]) or _is_layer(parts):
        return Deed.LOUD
    if parts[0] in ("torch", "numpy", "scipy"):
        return Deed.LOUD if any(_NOISY.match(part) for part in parts) else Deed.QUIET
    return Deed.LOUD if any(_NOISY_HYPOTHESIS.match(part) for part in parts) else Deed.QUIET


def _is_layer(parts: list[str]) -> bool:
    """Is it a class of torch.nn? To make one draws its weights."""
    return parts[:2] == ["torch", "nn"] and parts[-1][:1].isupper()


def _deed_of_method(name: str) -> Deed:
    if _NOISY.match(name):
        return Deed.LOUD
    return Deed.QUIET if _QUIET_METHODS.fullmatch(name) else Deed.CHANGES


def _is_local(node: ast.expr, names: Names) -> bool:
    return isinstance(node, ast.Name) and node.id in names.local


def _root(node: ast.expr) -> str:
    """Return the name from which an expression starts: X for `X[0].rows.append(1)`; "" where it starts from none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _dotted(origin: Import) -> str:
    return ".".join((origin.module, *origin.path))


def _is_quiet_library(origin: Import) -> bool:
    return not origin.is_own and bool(_QUIET_LIBRARIES.fullmatch(_library_of(origin)))


def _library_of(origin: Import) -> str:
    return origin.module.split(".")[0]
