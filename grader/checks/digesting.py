"""Knows which check changed: a digest of each check's code and of all the code of its assignment that it reaches.

Two versions of an assignment in which a check has the same digest behave the same for this check, given the same grader,
libraries and Python (whose version must be in the key of a stored result anyway: the text of a syntax tree differs between
versions). Comments and layout do not count; docstrings do, as those of checks are shown to students. Where the source does not
say what is reached, too much counts rather than too little. Not in a digest: data files, the provided code, `assignment.toml`,
and what one check leaves behind for another while it runs. Nothing is imported or run.

A digest covers the statements at the top of the assignment's modules that a check reaches by names, those that may change an
object which it reaches, and those that may change what every check sees: they run when the modules are imported, whichever
check is wanted.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path

from grader.checks.check_files import check_files, is_check_file
from grader.checks.effects import Deed
from grader.checks.reaching import Module, Search
from grader.checks.statements import Place, Statement, read_statements
from grader.errors import CheckError

_CALLED_BY_PYTEST = re.compile(r"pytest(_|mark$)|setup_|teardown_|setUpModule$|tearDownModule$")
_OURS = __name__.split(".")[0]  # the grader itself is a library to an assignment; its version is in the key


def check_digests(folder: Path) -> dict[str, str]:
    """Return a digest, "sha256:...", for each check function of an assignment, of its code and all that it reaches.

    Raises CheckError for a file that is no Python.
    """
    files = [Path(name).stem for name in check_files(folder)]
    code = _Code(folder, files)
    modules = [code.prefix + name for name in files]
    names = {module: code.check_names(module) for module in modules}
    return {
        name: code.digest(name, [module for module in modules if name in names[module]])
        for name in sorted(set().union(*names.values()))
    }


def definition_digest(folder: Path, module: str, name: str) -> str:
    """Return such a digest for one definition of one of an assignment's modules; "" when there is no such file.

    Raises CheckError for a file that is no Python.
    """
    code = _Code(folder, [module])
    return code.digest(name, [code.prefix + module]) if code.has(code.prefix + module) else ""


class _Code:
    """The modules of an assignment that are reached from some of them, read once."""

    def __init__(self, folder: Path, modules: Iterable[str]) -> None:
        self._folder = folder.absolute()
        self._top = self._folder.parent.name
        self.prefix = f"{self._top}.{self._folder.name}."
        self._place_of = cache(_finder(self._folder.parent.parent))
        self._modules: dict[str, Module] = {}
        self._loud: set[Statement] = set()  # they count for every check
        self._changers: dict[tuple[str, str], set[Statement]] = {}  # (module, name) -> those that may change its object
        for module in modules:
            self._load(self.prefix + module)
        if any(statement.reaches_all for statement in self._statements()):
            for path in sorted(self._folder.rglob("*.py")):
                inside = path.relative_to(self._folder).with_suffix("").parts
                self._load(self.prefix + ".".join(inside).removesuffix(".__init__"))
        self._reached = cache(self._reached_by)
        self._judge()

    def has(self, module: str) -> bool:
        """Was there a file of this name?"""
        place = self._place_of(module)
        return place is not None and place.is_file()

    def check_names(self, module: str, above: Collection[str] = ()) -> set[str]:
        """Return the names that pytest takes for checks, wherever in the assignment they are defined."""
        names = {name for name in self._modules[module].bound if name.startswith("check_")}
        stars = [star for star in self._modules[module].stars if star not in (*above, module)]
        return names.union(*(self.check_names(star, (*above, module)) for star in stars))

    def digest(self, name: str, modules: Iterable[str]) -> str:
        """Return the digest of what some modules define under a name."""
        start = set(self._loud)
        for module in modules:
            start |= self._search().add_attribute(module, (name,)).found
            if is_check_file(module.removeprefix(self.prefix)):
                around = [bound for bound in self._modules[module].bound if _CALLED_BY_PYTEST.match(bound)]
                start |= self._search().add_names(module, [(bound,) for bound in around]).found
        lines = [f"{statement.module} {statement.text}" for statement in sorted(self._closure(start), key=self._order)]
        return "sha256:" + hashlib.sha256("\n".join([name, *lines]).encode()).hexdigest()

    def _order(self, statement: Statement) -> tuple[str, int, str]:
        """Return what to sort by: the order of statements counts, that of imports does not unless a name is bound twice."""
        alone = all(len(self._modules[statement.module].bound[name]) == 1 for name in statement.binds)
        is_free = statement.is_import and not statement.pervades and alone
        return statement.module, -1 if is_free else statement.index, statement.text

    def _load(self, dotted: str) -> None:
        """Read a module, the packages around it, and all modules of the assignment that they import."""
        parts = dotted.split(".")
        for name in (".".join(parts[:end]) for end in range(1, len(parts) + 1)):
            path = self._place_of(name)
            if path is None:
                return
            if name not in self._modules:
                self._modules[name] = self._read(name, path)
                for statement in self._modules[name].statements:
                    for origin in statement.imports:
                        self._load(".".join((origin.loads, *origin.path)))

    def _read(self, name: str, path: Path) -> Module:
        package = name if path.is_dir() or path.name == "__init__.py" else name.rpartition(".")[0]
        place = Place(module=name, package=package, top=self._top, is_own=self._is_own)
        statements = read_statements(_parsed(path), place) if path.is_file() else ()
        bound: dict[str, list[Statement]] = {}
        for statement in statements:
            for bound_name in statement.binds:
                bound.setdefault(bound_name, []).append(statement)
        pervading = tuple(statement for statement in statements if statement.pervades)
        stars = [origin.module for statement in pervading for origin in statement.imports if origin.is_own]
        return Module(statements=statements, bound=bound, pervading=pervading, stars=tuple(stars))

    def _is_own(self, module: str) -> bool:
        return self._place_of(module) is not None

    def _statements(self) -> list[Statement]:
        return [statement for module in self._modules.values() for statement in module.statements]

    def _judge(self) -> None:
        """Find the statements that count for every check, and those that may change an object that another one has bound.

        A statement that is found brings all it reaches into other statements' reach, so this is done until nothing is new.
        """
        known = -1
        while known != (known := len(self._loud) + sum(map(len, self._changers.values()))):
            self._reached.cache_clear()
            for statement in self._statements():
                reached = self._closure(self._search().add_names(statement.module, statement.runs).found)
                deed = max(statement.now, *(other.later for other in reached), Deed.QUIET)
                if deed is Deed.LOUD:
                    self._loud.add(statement)
                elif deed is Deed.CHANGES:
                    self._note_changes(statement, reached)

    def _note_changes(self, statement: Statement, reached: Collection[Statement]) -> None:
        changed = {(other.module, name) for other in reached if not other.is_constant for name in other.binds}
        for key in changed:
            self._changers.setdefault(key, set()).add(statement)
        if not changed and not statement.binds:
            self._loud.add(statement)  # it is there to change something; nobody knows what

    def _closure(self, start: Iterable[Statement]) -> set[Statement]:
        seen, todo = set(start), list(start)
        while todo:
            new = self._reached(todo.pop()) - seen
            seen |= new
            todo += new
        return seen

    def _reached_by(self, statement: Statement) -> frozenset[Statement]:
        """Return what one statement reaches directly."""
        search = self._search().add_names(statement.module, statement.uses)
        search.found.update(self._modules[statement.module].pervading)
        for origin in () if statement.is_import and not statement.pervades else statement.imports:
            search.add_import(origin)
        for module in self._modules if statement.reaches_all else ():
            search.add_attribute(module, ())
        return frozenset(search.found)

    def _search(self) -> Search:
        return Search(self._modules, self._changers)


def _finder(root: Path) -> Callable[[str], Path | None]:
    """Return what tells the file, or the folder without an `__init__.py`, that an import finds below a root."""

    def find(dotted: str) -> Path | None:
        parts = dotted.split(".")
        if parts[0] == _OURS or not all(part.isidentifier() for part in parts):
            return None
        path = root.joinpath(*parts)
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file():
                return file
        return path if path.is_dir() else None

    return find


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        raise CheckError(f"{path}, line {error.lineno or 1}, is no Python: {error.msg}; correct it") from error
    except ValueError as error:  # a null byte, before Python 3.12
        raise CheckError(f"{path} is no Python: {error}; correct it") from error
