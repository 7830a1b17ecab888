"""The shape of the package: who may import whom, and how long and how careful its pieces are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import walls

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"
LAYERS = {  # first name below the package -> its layer; packages of one layer do not import each other
    name: layer
    for layer, names in {
        0: ("__init__", "errors", "wire"),
        1: ("model",),
        1.5: ("solution",),  # a noun too; it speaks of the others
        2: ("scoring", "statistics", "feedback", "handout", "class_results"),
        2.5: ("item_analysis", "measure"),
        3: ("specs", "intake", "sandbox", "checks", "data_sets", "store", "report", "export", "schedule"),
        3.5: ("unjudged",),
        4: ("pipeline",),
        4.5: ("batch",),
        5: ("cli",),
    }.items()
    for name in names
}
APART = "runner"  # the untrusted side: imports `wire`, and nobody imports it
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60


def dotted(path: Path) -> str:
    """Return a file's module name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {dotted(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
FILES = [*sorted(PACKAGE.rglob("*.py")), ROOT / "grade.py"]


def imports_of(module: str) -> Iterator[str]:
    """Yield the modules of ours that a module imports, wherever in it the import stands."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively, line {node.lineno}"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in TREES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def ours_of(module: str) -> set[str]:
    return {name for name in imports_of(module) if name.split(".")[0] == "grader"}


def first_name(module: str) -> str:
    """Return the noun or package that a module belongs to: grader.wire.values -> wire."""
    return [*module.split("."), "__init__"][1]


def functions_of(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_module_has_its_place_in_the_table():
    assert {first_name(module) for module in TREES} <= {*LAYERS, APART}


@pytest.mark.parametrize("module", [module for module in TREES if first_name(module) != APART])
def test_a_module_imports_only_from_lower_layers_and_its_own_package(module):
    own = first_name(module)
    for name in ours_of(module):
        other = first_name(name)
        assert other != APART, f"{module} imports the untrusted side: {name}"
        assert other == own or LAYERS[other] < LAYERS[own], (
            f"{module} (layer {LAYERS[own]}) imports {name} (layer {LAYERS[other]})"
        )


@pytest.mark.parametrize("module", [module for module in TREES if first_name(module) == APART])
def test_the_untrusted_side_imports_the_wire_and_itself_and_nothing_else_of_ours(module):
    assert {first_name(name) for name in ours_of(module)} <= {"wire", APART}


@pytest.mark.parametrize("module", [module for module in TREES if first_name(module) == "wire"])
def test_the_wire_imports_nothing_else_of_ours(module):
    assert {first_name(name) for name in ours_of(module)} <= {"wire"}


@pytest.mark.parametrize("module", list(TREES))
def test_nobody_imports_the_assignments_the_reference_or_the_tests(module):
    assert not {name.split(".")[0] for name in imports_of(module)} & {"assignments", "reference", "student_template", "tests"}


def test_no_module_imports_itself_in_a_circle():
    def walk(module, above):
        assert module not in above, " -> ".join([*above[above.index(module) :], module])
        if module not in done:
            for name in sorted(ours_of(module) & set(TREES)):
                walk(name, [*above, module])
            done.add(module)

    done = set()
    for module in TREES:
        walk(module, [])


def test_inside_a_package_one_imports_from_the_module_and_not_from_the_package():
    for module in TREES:
        package = module.rpartition(".")[0]
        assert package == "grader" or package not in ours_of(module), f"{module} imports from its own package"


def test_the_packages_own_files_hold_a_docstring_and_at_most_names():
    for path in PACKAGE.rglob("__init__.py"):
        first, *rest = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(first, ast.Expr), f"{path} has no docstring"
        assert all(isinstance(node, ast.Import | ast.ImportFrom | ast.Assign) for node in rest), path


def mounted() -> list[Path]:
    """Return every folder and file of this machine that a runner behind walls can see."""
    arguments = walls._mounts()
    binds = [index for index, word in enumerate(arguments) if word in ("--ro-bind", "--ro-bind-try", "--bind", "--bind-try")]
    return [Path(arguments[index + 1]) for index in binds]


def test_of_the_grader_a_runner_sees_the_runner_and_the_wire_and_nothing_else():
    seen = {path.relative_to(PACKAGE).parts[0] for path in mounted() if path.is_relative_to(PACKAGE)}
    assert seen == {"__init__.py", "wire", "runner"}
    assert PACKAGE.joinpath("__init__.py").read_text().count("import") == 0


@pytest.mark.parametrize("name", ["grader", "assignments", "reference", "student_template", "tests", "grade.py", ".git"])
def test_no_folder_that_a_runner_sees_holds_the_judge_the_checks_or_the_reference(name):
    assert not [path for path in mounted() if (ROOT / name).is_relative_to(path.resolve())]


def test_nothing_that_a_runner_sees_can_be_written():
    arguments = walls._mounts()
    assert {word for word in arguments if word.startswith("--")} <= {
        "--ro-bind",
        "--ro-bind-try",
        "--symlink",
        "--perms",
        "--dir",
    }
    assert {arguments[index + 1] for index, word in enumerate(arguments) if word == "--perms"} == {"0755"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_too_long(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE_LINES
    for node in functions_of(ast.parse(text)):
        assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, f"{node.name}, line {node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_untrusted_side_catches_everything_and_it_says_why(path):
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        assert node.type is not None, f"line {node.lineno}: a bare except"
        caught = {ast.unparse(part) for part in (node.type.elts if isinstance(node.type, ast.Tuple) else [node.type])}
        if caught & {"Exception", "BaseException"}:
            assert path.is_relative_to(PACKAGE / APART), f"line {node.lineno} catches everything"
            assert "# noqa: BLE001  # " in text.splitlines()[node.lineno - 1], f"line {node.lineno} does not say why"


@pytest.mark.parametrize("module", list(TREES))
def test_every_module_and_every_public_name_has_a_docstring(module):
    tree = TREES[module]
    assert ast.get_docstring(tree), module
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]
    for node in public:
        assert ast.get_docstring(node), f"{module}.{node.name}"
