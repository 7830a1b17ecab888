"""Chooses the main file among those that were handed in, and opens it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.errors import IntakeError
from grader.intake.exported import exported_notebook
from grader.intake.implementing import Found, find_names, without_magics
from grader.intake.modules import module_text
from grader.intake.notebook_json import looks_like_notebook
from grader.intake.notebooks import read_notebook
from grader.intake.paths import listed, shown
from grader.model import Cell, SourceFile

MAX_PARSED_CHARACTERS = 1_000_000  # of all candidates together; what is beyond is searched as text

_NOTEBOOK, _MODULE = ".ipynb", ".py"
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".rar", ".7z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The main file, and the sentences on what was mended in it and why it was chosen."""

    path: str
    cells: tuple[Cell, ...] | None
    repairs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    file: SourceFile
    problem: IntakeError | None = None  # why it cannot be opened
    cells: tuple[Cell, ...] | None = None
    pieces: tuple[str, ...] = ()  # its Python
    repairs: tuple[str, ...] = ()
    found: Found = Found()  # noqa: RUF009 - frozen, so that all may share it

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        """The smaller, the rather it is the main file."""
        is_module = not self.path.lower().endswith(_NOTEBOOK)
        return -len(self.found.names), is_module, self.path.count("/"), -len(self.found.defined)


def choose_main(files: Sequence[SourceFile], *, slug: str, names: tuple[str, ...], origin: str) -> Choice:
    """Return the file that is to be graded.

    Files called after the assignment come first; another file is graded only when those are untouched. Among several
    the one that implements most of the names wins, then a notebook, then the one nearest to the top, then the one
    that defines more of the names itself.

    Raises: IntakeError when there is no file to choose, no reason to choose one, or it cannot be opened.
    """
    sources = [file for file in files if file.path.lower().endswith((_NOTEBOOK, _MODULE))]
    if not sources:
        raise _nothing_to_grade(files, slug, origin)
    if len(sources) == 1:
        return _opened_choice(_candidate(sources[0]), ())
    candidates = _surveyed(sources, frozenset(names))
    named = [candidate for candidate in candidates if _is_named(candidate.path, slug)]
    pool = candidates if not named or _is_untouched(named, candidates) else named
    best = min(pool, key=lambda candidate: candidate.rank)
    _refuse_tie(best, pool, slug, origin)
    return _opened_choice(best, _reasons(best, pool, candidates, len(names)))


def _nothing_to_grade(files: Sequence[SourceFile], slug: str, origin: str) -> IntakeError:
    inner = [file.path for file in files if file.path.lower().endswith(_ARCHIVES)]
    if inner:
        return IntakeError(
            f"{origin} holds no .ipynb and no .py but an archive inside ({listed(inner)}), which is not opened; "
            f"unpack it and hand in {slug}.ipynb or {slug}.py"
        )
    what = f"only {listed(file.path for file in files)}" if files else "no files, or only caches and hidden ones"
    return IntakeError(f"{origin} holds no .ipynb and no .py ({what}); hand in {slug}.ipynb or {slug}.py")


def _candidate(file: SourceFile) -> _Candidate:
    """Open a file as far as that is possible."""
    is_notebook = file.path.lower().endswith(_NOTEBOOK)
    name = posixpath.basename(file.path)
    try:
        if is_notebook or looks_like_notebook(file.content):
            notebook = read_notebook(name, file.content)
            repairs = () if is_notebook else (f"{shown(name)} is really a notebook and was read as one.",)
            pieces = tuple(without_magics(cell.source) for cell in notebook.cells if cell.kind == "code")
            return _Candidate(file=file, cells=notebook.cells, pieces=pieces, repairs=repairs + notebook.repairs)
        text = module_text(name, file.content)
        exported = exported_notebook(name, text)
        if exported is not None:
            pieces = tuple(without_magics(cell.source) for cell in exported.cells if cell.kind == "code")
            return _Candidate(file=file, cells=exported.cells, pieces=pieces, repairs=(exported.repair,))
        return _Candidate(file=file, pieces=(text,))
    except IntakeError as error:  # not kept itself: its traceback holds all that was read so far
        return _Candidate(file=file, problem=IntakeError(str(error)))


def _surveyed(sources: Sequence[SourceFile], names: frozenset[str]) -> list[_Candidate]:
    """Open every file and find out which of the names it implements."""
    candidates: list[_Candidate] = []
    parsed_characters = 0
    for source in sources:
        candidate = _candidate(source)
        parsed_characters += sum(len(piece) for piece in candidate.pieces)
        found = find_names(candidate.pieces, names, is_parsed=parsed_characters <= MAX_PARSED_CHARACTERS)
        candidates.append(replace(candidate, found=found))
    by_path = {candidate.path: candidate for candidate in candidates}
    return [_with_stars(candidate, by_path) for candidate in candidates]


def _with_stars(candidate: _Candidate, by_path: dict[str, _Candidate]) -> _Candidate:
    """Count what "from helpers import *" brings in from a file beside the candidate."""
    folder = posixpath.dirname(candidate.path)
    found = candidate.found
    for module in found.stars:
        path = posixpath.join(folder, module.replace(".", "/") + _MODULE)
        if path in by_path:
            found = replace(found, imported=found.imported | by_path[path].found.names)
    return replace(candidate, found=found)


def _is_named(path: str, slug: str) -> bool:
    stem, extension = posixpath.splitext(posixpath.basename(path).lower())
    return stem == slug.lower() and extension in (_NOTEBOOK, _MODULE)


def _is_untouched(named: Sequence[_Candidate], candidates: Sequence[_Candidate]) -> bool:
    """Tell whether the files with the right name can be read and hold nothing, while another file holds something."""
    holds_nothing = all(candidate.problem is None and not candidate.found.names for candidate in named)
    return holds_nothing and any(candidate.found.names for candidate in candidates)


def _refuse_tie(best: _Candidate, pool: Sequence[_Candidate], slug: str, origin: str) -> None:
    tied = [candidate for candidate in pool if candidate.rank == best.rank]
    if len({candidate.file.content for candidate in tied}) == 1:
        return
    raise IntakeError(
        f"{origin} holds several files that may be the one to grade ({listed(file.path for file in tied)}), and each "
        f"implements {len(best.found.names)} of the names that are asked for; "
        f"leave only one, called {slug}.ipynb or {slug}.py, and hand it in again"
    )


def _reasons(best: _Candidate, pool: Sequence[_Candidate], candidates: Sequence[_Candidate], asked: int) -> tuple[str, ...]:
    """Say which file was graded and why, unless there was only one that could be meant."""
    implemented = f"{len(best.found.names)} of the {asked} names asked for"
    others = [candidate for candidate in pool if candidate is not best]
    if others:
        counts = listed(f"{other.path}: {len(other.found.names)}" for other in others)
        return (f"{shown(best.path)} was graded: it implements {implemented} ({counts}){_tie_break(best, others)}.",)
    fuller = [candidate for candidate in candidates if len(candidate.found.names) > len(best.found.names)]
    if fuller:
        counts = listed(f"{other.path}: {len(other.found.names)}" for other in fuller)
        return (f"{shown(best.path)} was graded because of its name, though it implements only {implemented} ({counts}).",)
    return ()


def _tie_break(best: _Candidate, others: Sequence[_Candidate]) -> str:
    """Say what decided where another file implements as many names."""
    rival = min(others, key=lambda candidate: candidate.rank).rank
    if rival[0] != best.rank[0]:
        return ""
    if rival[1] != best.rank[1]:
        return ", and a notebook goes before a module"
    if rival[2] != best.rank[2]:
        return ", and it is nearer to the top"
    return ", and it defines more of them itself" if rival != best.rank else ", and the others have the same content"


def _opened_choice(candidate: _Candidate, reasons: tuple[str, ...]) -> Choice:
    if candidate.problem is not None:
        raise candidate.problem
    return Choice(path=candidate.path, cells=candidate.cells, repairs=candidate.repairs + reasons)
