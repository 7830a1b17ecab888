"""What the shapes of downloads find in a class: attempts of students, before anything is unpacked or numbered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from grader.errors import IntakeError
from grader.intake.class_listing import Item, Listing
from grader.intake.collecting import EntryKind
from grader.intake.paths import is_ignored, is_ignored_folder, listed, shown

ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")  # the kinds that open_submission() reads
SOURCES = (".py", ".ipynb")

# What platforms, spreadsheets and people lay beside the students' work.
_TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".ods", ".db", ".sqlite")
_TEXTS = (".pdf", ".txt", ".md", ".html", ".htm", ".yml", ".yaml", ".xml", ".log")
_CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"})

Order = tuple[bool, int, str]  # whether an attempt says which it is, its number, its time
UNORDERED: Order = (False, 0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file of a student, and the name that it had when it was handed in."""

    source: str  # its path in the class
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One attempt of one student, as it stands in the class."""

    key: str  # tells the students of this class apart; the same for all attempts of one
    label: str  # what the student's id is made of
    origin: str  # where it lies in the class
    name: str = ""  # as the platform shows it to people
    whole: str = ""  # the file or folder that is opened as it is
    pieces: tuple[Piece, ...] = ()  # or the files that are brought together first
    order: Order = UNORDERED
    handed_in: str = ""
    late: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A class that was understood."""

    name: str
    found: tuple[Found, ...]
    notes: tuple[str, ...] = ()


def is_clutter(item: Item) -> bool:
    """Tell whether something was left there by a system or a tool and is no student's."""
    name = item.name
    if name.lower() in _CLUTTER or name.startswith((".", "~$")):
        return True
    return is_ignored_folder(name) if item.is_folder else is_ignored(name, ())


def is_side_file(item: Item) -> bool:
    """Tell whether a file lies beside the students' work without being any student's: `grades.csv`, `README.md`."""
    return item.is_file and (
        item.name.lower().endswith((*_TABLES, *_TEXTS)) or item.name.lower().startswith(("readme", "license"))
    )


def stem_of(name: str) -> str:
    """Return a file's name without the extension of a kind that can be graded; all else stays, as it tells students apart."""
    ending = next((kind for kind in (*ARCHIVES, *SOURCES) if name.lower().endswith(kind)), "")
    return name[: len(name) - len(ending)]


def is_work(item: Item) -> bool:
    """Tell whether something may be a student's work by its kind."""
    return item.is_folder or (item.is_file and item.name.lower().endswith((*SOURCES, *ARCHIVES)))


def prevails(matched: int, others: Iterable[Item]) -> bool:
    """Tell whether more has a platform's form of name than not: a student may choose a name that looks like a platform's."""
    return matched > sum(is_work(item) and not is_clutter(item) for item in others)


def file_problem(listing: Listing, item: Item) -> str:
    """Return why something that is no folder cannot be opened as a submission, "" where it may be."""
    shown_name = shown(item.name)
    if item.kind is EntryKind.LINK:
        return f"{shown_name} is a symbolic link, which is not followed; put the file or folder itself there"
    if item.kind is EntryKind.OTHER:
        return f"{shown_name} is neither a file nor a folder; put the student's work there"
    if not is_work(item):
        return f"{shown_name} is not of a kind that can be graded; it must be a .py, a .ipynb, a folder, a .zip or a .tar.gz"
    hindrance = listing.hindrance(item.path)
    return f"{shown_name} cannot be read: {hindrance}" if hindrance else ""


def work_at(listing: Listing, item: Item, *, besides: Collection[str] = ()) -> tuple[str, str]:
    """Return the path to open for this file or folder, and the problem where there is none.

    A folder in which the only work is one archive stands for that archive, as platforms put whatever was uploaded into a
    folder. Files named in `besides` are the platform's.
    """
    if not item.is_folder:
        return item.path, file_problem(listing, item)
    try:
        children = [child for child in listing.children(item.path) if not is_clutter(child) and child.name not in besides]
    except IntakeError as error:
        return item.path, str(error)
    if not children:
        return item.path, f"{shown(item.name)} is empty; put the student's work there"
    archive = only_archive([child.name for child in children])
    if archive and not any(child.is_folder for child in children):
        return work_at(listing, next(child for child in children if child.name == archive))
    return item.path, ""


def only_archive(names: Sequence[str]) -> str:
    """Return the archive among these files if there is just one and nothing else that can be graded, else nothing."""
    archives = [name for name in names if name.lower().endswith(ARCHIVES)]
    has_sources = any(name.lower().endswith(SOURCES) for name in names)
    return archives[0] if len(archives) == 1 and not has_sources else ""


def note(start: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence that lists the names, or nothing where there are none."""
    found = sorted(names)
    return (f"{start} {listed(found)}.",) if found else ()


def flat_work(listing: Listing, files: Sequence[tuple[Item, str]]) -> tuple[tuple[Piece, ...], str]:
    """Return what is brought together of a student's files and their own names, and the problem where there is one.

    Where the only work among them is one archive, it is taken alone, as open_submission() opens no archive inside a folder.
    """
    archive = only_archive([name for _, name in files])
    pieces = tuple(Piece(source=item.path, name=name) for item, name in files if not archive or name == archive)
    problems = (file_problem(listing, item) for item, _ in files if len(files) == 1 or is_work(item) or not item.is_file)
    return pieces, next(filter(None, problems), "")
