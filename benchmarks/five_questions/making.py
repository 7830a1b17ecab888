"""Makes a class of submissions for `five_questions`: right ones, ones that are wrong in one question, and hostile ones.

    python -c "from pathlib import Path; from benchmarks.five_questions.making import make_class; make_class(Path('class'), 500)"

Everything follows from the seed: the same call writes the same bytes. Nothing is run here, and torch is not imported.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.specs import read_assignment

HERE = Path(__file__).resolve().parent
SLUG = "five_questions"
ANSWERS = HERE / "answers"  # <question>/right_*.py and wrong_*.py
HOSTILE = HERE.parents[1] / "tests" / "hand_ins" / "hostile" / "conv_nets"
KINDS = ("py", "ipynb")
_WRONG_SHARE = 0.5  # of the honest ones
_REMARKS = (
    "first try",
    "with Sam",
    "checked by hand",
    "after the lecture",
    "late at night",
    "second version",
    "no idea why it works",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one honest student answers: the variant of each question, by the question's id."""

    student: str
    remark: str  # stands in a comment, so that no two submissions have the same bytes
    variants: Mapping[str, str]

    @property
    def wrong(self) -> str:
        """The question that is wrong, or an empty string."""
        return next((question for question, variant in self.variants.items() if variant.startswith("wrong")), "")

    @property
    def points(self) -> float:
        """What it must be given."""
        return sum(points for question, points in points_of_questions().items() if question != self.wrong)

    def source(self, question: str) -> str:
        """Return the Python of one answer."""
        return (ANSWERS / question / f"{self.variants[question]}.py").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One submission that was written."""

    student: str
    path: Path
    answers: Answers | None = None  # of an honest one
    hostile: str = ""  # the hand-in that a hostile one was copied from


@cache
def points_of_questions() -> dict[str, float]:
    """Return the points of each question of the assignment, in its order."""
    return {question.id: question.points for question in read_assignment(HERE / "assignments", SLUG).questions}


@cache
def variants(question: str, beginning: str = "") -> tuple[str, ...]:
    """Return the names of the answers to a question that begin so: "right", "wrong"."""
    return tuple(sorted(path.stem for path in (ANSWERS / question).glob(f"{beginning}*.py")))


def right_answers(student: str = "right") -> Answers:
    """Return a submission that is right in every question."""
    chosen = {question: variants(question, "right")[0] for question in points_of_questions()}
    return Answers(student=student, remark=_REMARKS[0], variants=chosen)


def wrong_answers(question: str, variant: str) -> Answers:
    """Return a submission that is wrong in this question alone."""
    right = right_answers(f"wrong_in_{question}")
    return Answers(student=right.student, remark=right.remark, variants={**right.variants, question: variant})


def make_class(folder: Path, count: int, *, kind: str = "py", hostile_share: float = 0.0, seed: int = 0) -> tuple[Made, ...]:
    """Write `count` submissions into an empty folder, one entry for each student, and return them in the order of their names.

    `kind` is "py", "ipynb" or "mixed". Half of the honest ones are wrong in one question. The hostile ones are those of
    `conv_nets` in random order, each once before any comes twice; they keep their own kinds, folders among them.
    """
    random_ = random.Random(f"{seed} {count} {kind} {hostile_share}")
    folder.mkdir(parents=True, exist_ok=True)
    hostile = _hostile_places(count, round(count * hostile_share), random_)
    digits = len(str(max(0, count - 1)))
    made = []
    for number in range(count):
        student = f"student_{number:0{digits}}"
        if number in hostile:
            made.append(_copy_hostile(folder, student, hostile[number]))
        else:
            own_kind = random_.choice(KINDS) if kind == "mixed" else kind
            made.append(write_answers(folder, _random_answers(student, random_), kind=own_kind))
    return tuple(made)


def write_answers(folder: Path, answers: Answers, *, kind: str) -> Made:
    """Write one honest submission, named after its student."""
    path = folder / f"{answers.student}.{kind}"
    path.write_text(module_text(answers) if kind == "py" else notebook_text(answers), encoding="utf-8")
    return Made(student=answers.student, path=path, answers=answers)


def module_text(answers: Answers) -> str:
    """Return a submission as a Python file."""
    return "\n\n".join(source for _, source in _cells(answers))


def notebook_text(answers: Answers) -> str:
    """Return a submission as a notebook: a heading and a code cell for each question."""
    cells = []
    for title, source in _cells(answers):
        cells.append({"cell_type": "markdown", "id": f"text-{title}", "metadata": {}, "source": f"## {title}"})
        cells.append(code_cell(f"code-{title}", source))
    return notebook_json(cells)


def code_cell(cell_id: str, source: str, metadata: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return a code cell that has not been run."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": dict(metadata or {}),
        "outputs": [],
        "source": source.rstrip("\n"),
    }


def notebook_json(cells: list[dict[str, object]]) -> str:
    """Return the JSON of a notebook with these cells."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _cells(answers: Answers) -> list[tuple[str, str]]:
    head = f"# {answers.student}, {answers.remark}\nimport torch\n"
    return [("imports", head), *((question, answers.source(question)) for question in answers.variants)]


def _random_answers(student: str, random_: random.Random) -> Answers:
    questions = tuple(points_of_questions())
    wrong = random_.choice(questions) if random_.random() < _WRONG_SHARE else ""
    chosen = {question: random_.choice(variants(question, "wrong" if question == wrong else "right")) for question in questions}
    return Answers(student=student, remark=f"{random_.choice(_REMARKS)}, {random_.random():.6f}", variants=chosen)


def _hostile_places(count: int, hostile_count: int, random_: random.Random) -> dict[int, Path]:
    hand_ins = sorted(path for path in HOSTILE.iterdir() if path.name[0] not in "._")
    chosen: list[Path] = []
    while len(chosen) < hostile_count:
        chosen += random_.sample(hand_ins, min(len(hand_ins), hostile_count - len(chosen)))
    return dict(zip(sorted(random_.sample(range(count), hostile_count)), chosen, strict=True))


def _copy_hostile(folder: Path, student: str, origin: Path) -> Made:
    if origin.is_dir():
        path = folder / student
        shutil.copytree(origin, path, ignore=shutil.ignore_patterns("__pycache__"))
        (path / "conv_nets.py").rename(path / f"{SLUG}.py")  # else it would be no file of this assignment
    else:
        path = folder / f"{student}{origin.suffix}"
        shutil.copyfile(origin, path)
    return Made(student=student, path=path, hostile=origin.name)
