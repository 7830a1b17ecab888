"""`data`: which data sets are here; `data prepare`: make stand-ins for those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from grader.cli.terminal import out, talk
from grader.data_sets.found import data_sets


def print_data_sets(root: Path) -> None:
    """Print a row for each data set in the data root."""
    found = data_sets(root)
    if not found:
        out.print(
            f"no data sets in {root}; put torchvision's folders there (MNIST, caltech101, ...) or run "
            f"`python grade.py data prepare` to make stand-ins"
        )
        return
    table = Table(box=None, pad_edge=False)
    for name in ("data set", "what", "pictures", "path"):
        table.add_column(name, justify="right" if name == "pictures" else "left", overflow="fold")
    for each in found:
        what = f"stand-in, seed {each.seed}: {each.made_from}" if each.is_stand_in else "real"
        table.add_row(each.name, what, "?" if each.count is None else f"{each.count:,}", str(each.path))
    out.print(table)


def prepare_data_sets(root: Path, *, seed: int, names: Sequence[str]) -> None:
    """Make stand-ins and print what became of each, then what is there."""
    from grader.data_sets.preparing import STAND_INS, prepare  # numpy takes a moment

    with talk.status("drawing pictures"):
        for each in prepare(root, seed=seed, names=tuple(names) or STAND_INS):
            talk.print(f"{each.name}: {each.what}")
    print_data_sets(root)
