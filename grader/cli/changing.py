"""Which questions a known-wrong variant can change, read from its text: all others answer as the reference does.

A variant stands below the reference and binds some names again. What cannot be told from the text counts as a change of
everything: a wrong "unchanged" would hide a loss, a wrong "changed" only takes time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.checks.source_rules import find_violations, reached_names
from grader.model import Assignment, ForbiddenCalls, SourceText

_NO_RULE = ForbiddenCalls(rule="", questions=(), modules=(), functions=(), methods=(), operators=())
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
_DEEDS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)  # may do something beyond their value
# Calls that may change more than their own objects, by name: of builtins, of a module, and of any object.
_FAR_BUILTINS = re.compile(r"setattr|delattr|exec|eval|compile|globals|vars|__import__")
_FAR_FUNCTIONS = re.compile(
    r"set_.*|set[a-z]+|.*seed.*|enable.*|disable.*|use_.*|chdir|putenv|reload|filterwarnings|simplefilter|patch|update|register_.*"
)
_FAR_METHODS = re.compile(r"seed|manual_seed.*|__enter__|__setattr__|__delattr__")
_QUIET_DECORATORS = re.compile(
    r"(functools\.)?(lru_cache|cache|wraps)|torch\.(no_grad|enable_grad|inference_mode)|(contextlib\.)?contextmanager"
    r"|(dataclasses\.)?dataclass|staticmethod|classmethod|property|\w+\.setter"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is known of a reference's text."""

    tree: ast.Module
    reached: Mapping[str, frozenset[str] | None]  # question -> names at the top that its functions reach; None: any


def read_reference(assignment: Assignment, text: str) -> Reference:
    """Find what the functions of each question reach; raises SyntaxError."""
    tree = ast.parse(text)
    source = (SourceText(name="reference.py", module="<main>", text=text),)
    names = frozenset(_imports(tree)) | _names_of(tree, (*_DEFINITIONS, *_ASSIGNMENTS))
    edges = {name: reached_names(source, name, names) for name in names}
    return Reference(
        tree=tree,
        reached={
            question.id: None
            if any(find_violations(source, name, _NO_RULE) for name in question.names)
            else _closure(edges, question.names)
            for question in assignment.questions
        },
    )


def _closure(edges: Mapping[str, Collection[str]], start: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    todo = list(start)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(edges.get(name, ()))
    return frozenset(seen)


def changed_questions(reference: Reference, variant: str, *, breaks: str) -> frozenset[str] | None:
    """Return the ids of the questions whose functions reach something that the variant binds again; None: it may be any.

    The variant's own question, `breaks`, is always among them. Raises SyntaxError.
    """
    before, after = reference.tree, ast.parse(variant)
    modules = frozenset((*_imports(before), *_imports(after)))
    shared = modules | _names_of(before, _DEFINITIONS)
    if any(map(_is_deed, after.body)) or any(_reaches_far(node, modules, shared) for node in ast.walk(after)):
        return None
    again = _bound_again(before, after)
    changed = (question for question, reached in reference.reached.items() if reached is None or reached & again)
    return frozenset((breaks, *changed))


def without_examples(reference: Reference, text: str, variant: str) -> str:
    """Return a reference's text with empty lines for its examples: `with` blocks of which nothing else can notice a trace.

    Raises SyntaxError.
    """
    lines = text.splitlines()
    examples = [node for node in reference.tree.body if isinstance(node, ast.With)]
    rest = [*(node for node in reference.tree.body if node not in examples), *ast.parse(variant).body]
    used = set().union(*map(_mentioned, rest))
    data = _names_of(reference.tree, _ASSIGNMENTS)
    for node in examples:
        if not used & (_bound(node) | _mentioned(node) & data):
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    return "\n".join(lines)


def _mentioned(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bound(tree: ast.AST) -> set[str]:
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {node.name for node in ast.walk(tree) if isinstance(node, _DEFINITIONS)} | _imports(tree).keys()


def _is_deed(statement: ast.stmt) -> bool:
    """Return whether a statement at the top may do more than bind names to what only it knows."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            return any(alias.name == "*" for alias in statement.names)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return not all(map(_is_quiet_decorator, statement.decorator_list)) or _has_deed(_defaults(statement.args))
        case ast.ClassDef():
            outside = [*statement.bases, *(keyword.value for keyword in statement.keywords)]
            decorated = not all(map(_is_quiet_decorator, statement.decorator_list))
            return decorated or _has_deed(outside) or any(map(_is_deed, statement.body))
        case ast.Assign() | ast.AnnAssign():
            return not all(map(_is_plain_target, _targets(statement))) or _has_deed([statement.value] if statement.value else [])
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return False
    return True


def _is_quiet_decorator(node: ast.expr) -> bool:
    name = ast.unparse(node.func if isinstance(node, ast.Call) else node)
    return _QUIET_DECORATORS.fullmatch(name) is not None


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def _has_deed(values: Iterable[ast.expr]) -> bool:
    return any(isinstance(node, _DEEDS) for value in values for node in _outside_lambdas(value))


def _outside_lambdas(value: ast.AST) -> Iterator[ast.AST]:
    yield value
    if not isinstance(value, ast.Lambda):
        for child in ast.iter_child_nodes(value):
            yield from _outside_lambdas(child)


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _is_plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_plain_target, target.elts))
    return isinstance(target, ast.Name)


def _reaches_far(node: ast.AST, modules: Collection[str], shared: Collection[str]) -> bool:
    """Return whether something in a variant may change what others see: a module, a function of the reference, the process."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return any(rule.fullmatch(name) for rule in (_FAR_BUILTINS, _FAR_FUNCTIONS, _FAR_METHODS))
        case ast.Call(func=ast.Attribute(attr=name) as function):
            rules = (_FAR_METHODS, _FAR_FUNCTIONS) if _root(function) in modules else (_FAR_METHODS,)
            return any(rule.fullmatch(name) for rule in rules)
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return _root(node) in shared
    return False


def _root(node: ast.expr) -> str:
    """Return the name with which a chain begins: torch of torch.backends.cudnn.benchmark."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _bound_again(before: ast.Module, after: ast.Module) -> set[str]:
    """Return the names at the top that mean something else below the variant, or something that it may have changed."""
    imports = _imports(before)
    changed_imports = {name for name, what in _imports(after).items() if imports.get(name) != what}
    declared = {name for node in ast.walk(after) if isinstance(node, ast.Global) for name in node.names}
    data = _names_of(before, _ASSIGNMENTS) & _mentioned(after)  # a list of the reference that a variant may fill
    return changed_imports | declared | data | _names_of(after, (*_DEFINITIONS, *_ASSIGNMENTS))


def _names_of(tree: ast.Module, kinds: tuple[type[ast.stmt], ...]) -> set[str]:
    names: set[str] = set()
    for statement in _statements(tree):
        if isinstance(statement, kinds):
            if isinstance(statement, _DEFINITIONS):
                names.add(statement.name)
            elif isinstance(statement, _ASSIGNMENTS):
                nodes = (node for target in _targets(statement) for node in ast.walk(target))
                names.update(node.id for node in nodes if isinstance(node, ast.Name))
    return names


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a file is loaded, in its order, also inside `if` and `with`."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, (*_DEFINITIONS, ast.Lambda)):
            yield from _statements(node)


def _imports(tree: ast.AST) -> dict[str, str]:
    """Return what each name stands for that is imported when the file is loaded."""
    found = {}
    for statement in _statements(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                first = alias.name.split(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                found[alias.asname or alias.name] = f"{statement.module}.{alias.name}"
    return found
