"""The folder with the data sets that submissions may read: what lies in it, and where they find it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError

VARIABLE = "GRADER_DATA"  # tells the runner where the data root lies (grader/runner/datasets.py)
INSIDE = "/data"  # that is there in a jail
_LOOKED_AT = 100  # files and folders of one data set
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRoot:
    """A data root as it is when the walls are put up; entries that are links show what they lead to."""

    path: Path
    entries: tuple[tuple[str, Path], ...]  # name and real place

    @property
    def mounts(self) -> tuple[str, ...]:
        """The words with which bubblewrap shows it, read-only."""
        binds = (word for name, place in self.entries for word in ("--ro-bind", str(place), f"{INSIDE}/{name}"))
        return ("--perms", "0755", "--dir", INSIDE, *binds)

    @property
    def readable(self) -> tuple[str, ...]:
        """What Landlock must let be read where there is no jail."""
        return (str(self.path), *(str(place) for _, place in self.entries if not place.is_relative_to(self.path)))


def data_root(path: Path | None) -> DataRoot | None:
    """Look at a data root; there need not be one.

    Raises: SandboxError when it, or a link in it, would show submissions the grader itself.
    """
    if path is None or not path.is_dir():
        return None
    root = path.resolve()
    entries = tuple((entry.name, entry.resolve()) for entry in sorted(root.iterdir()) if entry.exists())
    for place in (root, *(place for _, place in entries)):
        if _PACKAGE.is_relative_to(place) or place.is_relative_to(_PACKAGE):
            raise SandboxError(
                f"the data root {path} leads to {place}, which holds the grader itself or is a part of it, and submissions "
                f"would see it; give a folder with nothing but data sets"
            )
    return DataRoot(path=root, entries=entries)


def require_readable(root: DataRoot, *, in_place: bool) -> None:
    """Refuse a data root that submissions could not read, as they run under users of their own: looks two levels deep.

    Raises: SandboxError with the command that opens it.
    """
    for _, place in root.entries:
        above = place.parents if in_place else ()
        below = sorted(place.iterdir())[:_LOOKED_AT] if place.is_dir() and _is_open(place) else ()
        for path in (*above, place, *below):
            if not _is_open(path):
                raise SandboxError(
                    f"{path} cannot be read by the users under which submissions run; chmod -R a+rX {root.path}, and let every "
                    f"user pass the folders above it"
                )


def _is_open(path: Path) -> bool:
    mode = path.stat().st_mode
    return bool(mode & stat.S_IXOTH if path.is_dir() else mode & stat.S_IROTH)
