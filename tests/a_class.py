"""Classes of results, made by hand: what the batch would hand to the class page and the gradebook."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.class_results import ClassResult, class_result
from grader.model import Entry, Verdict

TITLES = {"a1": "Parameters of a convolution layer", "a2": "Output shape of a convolution", "b1": "Convolution, forward"}
OUT_OF = 4.0  # of each question

CEIL = {
    "call": "conv_output_shape(height=5, width=5, kernel=2, stride=2)",
    "expected": "(2, 2, 1)",
    "got": "(3, 3, 1)",
}


def check(id_: str, verdict: str = "pass", **changes: Any) -> dict[str, Any]:
    """One check of a result; it is worth nothing by itself."""
    return {
        "id": id_,
        "visibility": "public",
        "verdict": verdict,
        "rule": f"What {id_} asks for.",
        "points": 0.0,
        "out_of": 0.0,
        "weight": 1.0,
        "decisive": False,
        "law": False,
        "message": "" if verdict == "pass" else "the numbers differ",
        "counterexample": None,
        "reproduce": "",
        "traceback": "",
        "stood_in": [],
        "wall_s": 0.01,
    } | changes


def question(id_: str, points: float = OUT_OF, checks: Sequence[dict[str, Any]] = (), **changes: Any) -> dict[str, Any]:
    """One question of a result, with one check of the same end unless told otherwise."""
    verdict = "pass" if points >= OUT_OF else "fail"
    return {
        "id": id_,
        "title": TITLES.get(id_, f"Question {id_}"),
        "kind": "code",
        "part": "A. Feature dimensions",
        "names": [],
        "signature": "",
        "points": float(points),
        "out_of": OUT_OF,
        "not_run": 0.0,
        "by_hand": 0.0,
        "verdict": verdict,
        "note": "",
        "checks": list(checks) or [check(f"check_{id_}", verdict)],
    } | changes


def faulty(id_: str) -> dict[str, Any]:
    """A question that a fault struck."""
    return question(id_, 0.0, [check(f"check_{id_}", "fault", message="the check itself failed (ValueError)")], verdict="fault")


def result(questions: Sequence[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A result of schema `grader/report/v1` with these questions."""
    judged = [one for one in questions if one["kind"] != "written"]
    return {
        "schema": "grader/report/v1",
        "assignment": {"slug": "conv_nets", "title": "Convolutional Networks", "digest": "sha256:3b1f"},
        "submission": {"id": "ada", "files": ["conv_nets.py"], "digest": "sha256:9e41", "repairs": [], "unreadable": ""},
        "score": {
            "points": round(sum(one["points"] for one in judged), 4),
            "out_of": round(sum(one["out_of"] for one in judged), 4),
            "not_run": 0.0,
            "complete": all(one["verdict"] != "fault" for one in judged),
            "by_hand": {"points": None, "out_of": 0.0},
        },
        "questions": list(questions),
        "faults": [],
        "hidden_checks": {"count": 0, "points": 0.0},
        "loading": {"incidents": [], "undefined": [], "printed": "", "printed_bytes": 0, "notes": []},
        "environment": {
            "device": "cpu",
            "torch": "2.15.0",
            "python": "3.11.7",
            "isolation": "level A",
            "seed": 7,
            "grader": "0.1.0",
            "profile": "full",
            "notebook_engine": "shell",
        },
        "timing": {"wall_s": 1.8, "load_s": 0.2, "checks_s": 1.5},
    } | changes


def unreadable(reason: str) -> dict[str, Any]:
    """A result of what could be found and not opened."""
    questions = [question(id_, 0.0, verdict="error") | {"checks": []} for id_ in ("a1", "a2", "b1")]
    bare = result(questions)
    return bare | {"submission": bare["submission"] | {"unreadable": reason}}


def entry(student: str, **changes: Any) -> Entry:
    """An entry of a class."""
    return Entry(**({"id": student, "student": student, "path": Path(student)} | changes))


def graded(student: str, points: Sequence[float], **changes: Any) -> ClassResult:
    """A submission with these points for a1, a2, b1, ..."""
    ids = [*TITLES, *(f"c{place}" for place in range(1, 10))][: len(points)]
    return class_result(entry(student), result([question(id_, p) for id_, p in zip(ids, points, strict=True)], **changes))


def answering(
    student: str, *answers: dict[str, Any], question_id: str = "a2", verdict: str = "fail", **changes: Any
) -> ClassResult:
    """A submission whose checks of one question gave these counterexamples, one each; None is a right answer."""
    checks = [
        check(f"check_{place}", verdict if found else "pass", counterexample=found, **(changes if found else {}))
        for place, found in enumerate(answers)
    ]
    asked = question(question_id, 0.0, checks, verdict=verdict)
    return class_result(entry(student), result([asked, question("b1")]))


# A class as a course has it -----------------------------------------------------------------------------------------

WRONG = {
    "a1": [{"call": "conv_param_count(2, 1, 1)", "expected": "(2, 1)", "got": "(2, 2)"}],
    "a2": [CEIL, {"call": "conv_output_shape(1, 2, kernel=1)", "expected": "(1, 2, 1)", "got": "(2, 1, 1)"}],
    "b1": [
        {
            "call": "conv2d(torch.tensor([[0.5, -1.25, 2.0], [1.0, 0.75, -0.5]]), torch.tensor([[1.0, -2.0]]))",
            "expected": "torch.tensor([[3.0, -5.25], [-0.5, 1.75]])",
            "got": "torch.tensor([[-2.25, 3.25], [-1.25, 1.25]])",
        }
    ],
}


def course(students: int, *, seed: int = 1) -> list[ClassResult]:
    """A class of which some hand in late, again, or what cannot be opened; and two faults of the grader."""
    chance = random.Random(seed)
    found = []
    for place in range(students):
        name = f"{chance.choice(('Ada', 'Zoë', 'Emre', 'Łukasz', 'Mira'))} {chance.choice(('Berg', 'Novák', 'Silva'))} {place}"
        attempts = chance.choice((1, 1, 2))
        one = entry(f"s{place:05}", name=name, attempt=attempts, attempts=attempts, late=chance.random() < 0.1)
        found.append(class_result(one, _work(place, chance)))
    return found


def _work(place: int, chance: random.Random) -> dict[str, Any] | None:
    if place == 3:
        return None
    if place == 5:
        return unreadable("homework.zip unpacks to 812 MB and the limit is 256 MB; leave out data and hand it in again")
    strong = chance.random()
    questions = [_answer(id_, strong + chance.uniform(-0.3, 0.3) < 0.4, chance) for id_ in TITLES]
    if place in (7, 8):
        questions[2] = faulty("b1")
    return result(questions, timing={"wall_s": round(chance.lognormvariate(1, 0.6), 2), "load_s": 0.2, "checks_s": 1.5})


def _answer(id_: str, is_wrong: bool, chance: random.Random) -> dict[str, Any]:
    checks = [check(f"check_{id_}_values"), check(f"check_{id_}_law", visibility="hidden")]
    if not is_wrong:
        return question(id_, OUT_OF, checks)
    if chance.random() < 0.1:
        missing = [one | {"verdict": Verdict.MISSING, "message": f"`{id_}` is not defined"} for one in checks]
        return question(id_, 0.0, missing, verdict="missing")
    wrong = checks[0] | {"verdict": "fail", "message": "the numbers differ", "counterexample": chance.choice(WRONG[id_])}
    return question(id_, chance.choice((0.0, 2.0)), [wrong, checks[1]], verdict="fail")
