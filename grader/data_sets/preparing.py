"""Makes stand-ins for data sets that are not here. They are a function of a seed, and a file in the folder of each says so."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.data_sets import caltech, digits, fashion
from grader.data_sets.found import STAND_IN, stand_in_of
from grader.errors import SpecError

SCHEMA = "grader/stand_in/v1"
_FOR_ALL = 0o755  # submissions may be read by users of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    folder: str
    made_from: str
    make: Callable[[Path, int], dict[str, int]]


_RECIPES = {
    "MNIST": _Recipe(folder="MNIST", made_from=digits.MADE_FROM, make=digits.make_digits),
    "FashionMNIST": _Recipe(folder="FashionMNIST", made_from=fashion.MADE_FROM, make=fashion.make_fashion),
    "Caltech101": _Recipe(folder="caltech101", made_from=caltech.MADE_FROM, make=caltech.make_caltech),
}
STAND_INS = tuple(_RECIPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What became of one data set."""

    name: str
    what: str  # "made", "up to date", or "real: left as it is"


def prepare(root: Path, *, seed: int = 0, names: Sequence[str] = STAND_INS) -> Iterator[Prepared]:
    """Make the stand-ins of these names in a data root, one after the other; a real data set is never touched.

    Raises: SpecError for a name that has no stand-in, or when the data root cannot be written.
    """
    for name in names:
        if name not in _RECIPES:
            raise SpecError(f"there is no stand-in for {name}; there are {', '.join(STAND_INS)}")
    for name in names:
        yield Prepared(name=name, what=_prepare(root, name, seed))


def _prepare(root: Path, name: str, seed: int) -> str:
    recipe = _RECIPES[name]
    target = root / recipe.folder
    note = {"schema": SCHEMA, "name": name, "seed": seed, "made_from": recipe.made_from}
    there = stand_in_of(target) if target.exists() else note
    if there is None:
        return "real: left as it is"
    if target.exists() and {**there, "count": None} == {**note, "count": None}:
        return "up to date"
    try:
        _replace(target, recipe, note)
    except OSError as error:
        raise SpecError(
            f"the stand-in for {name} cannot be written to {target} ({error.strerror}); give another folder"
        ) from error
    return "made"


def _replace(target: Path, recipe: _Recipe, note: dict[str, object]) -> None:
    """Make a data set beside its place and put it there when it is whole: nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=target.parent) as place:
        fresh = Path(place, recipe.folder)
        fresh.mkdir()
        count = recipe.make(fresh, int(str(note["seed"])))
        fresh.joinpath(STAND_IN).write_text(json.dumps({**note, "count": count}, indent=1) + "\n", encoding="utf-8")
        for above, _, _ in os.walk(fresh):
            os.chmod(above, _FOR_ALL)
        if target.exists():
            shutil.move(target, Path(place, "before"))
        fresh.rename(target)
