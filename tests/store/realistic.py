"""A graded submission as the batch would hand it to the store: 80 checks, some of them lost, no two submissions alike."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.model import (
    Asked,
    Assignment,
    CheckResult,
    Counterexample,
    Entry,
    Environment,
    Fault,
    Incident,
    Kind,
    Limits,
    Loading,
    Question,
    Report,
    Timing,
    Verdict,
    Visibility,
)
from grader.report.result_json import result_of
from grader.scoring import score_of, unjudged_score

NAMES = (
    *("conv_param_count", "conv_output_shape", "pool_output_shape", "receptive_field", "layer_table"),
    *("conv2d", "conv2d_weight_grad", "conv2d_input_grad", "sgd_step", "conv_transpose2d"),
    *("averaging_filter", "laplacian_filter", "sobel_edges", "separable_rank", "max_pool"),
    *("batch_norm", "dropout_mask", "training_memory", "mean_pool", "max_pool_grad"),
)
QUESTIONS = tuple(
    Question(
        id=f"{'abcd'[place // 5]}{place % 5 + 1}",
        title=name.replace("_", " ").capitalize(),
        kind=Kind.CODE,
        points=float(2 + place % 4),
        part=("A. Feature dimensions", "B. Gradients", "C. Filters", "D. Training")[place // 5],
        names=(name,),
        signature=f"{name}(x, w, stride=1, padding=0) -> y",
    )
    for place, name in enumerate(NAMES)
)
RULES = (
    "The worked case of the hand-out comes out as printed there (section 2, table 1).",
    "It agrees with torch in float64 on random sizes, strides and paddings.",
    "<conv(x, w), dy> = <w, dw>: the defining property of a gradient of a bilinear map.",
    "An illegal size is refused with a ValueError, and the arguments are left alone.",
)
KEYS = {f"check_{name}": f"sha256:{place:064x}" for place, name in enumerate(NAMES)}
SETTING = "sha256:" + "5e" * 32
NEXT_SETTING = "sha256:" + "6f" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What one grading gives the store."""

    stamp: str
    result: dict[str, Any]
    asked: tuple[Asked, ...]

    def in_setting(self, setting: str = SETTING) -> dict[str, Any]:
        """Return the arguments of `save` and `propose`."""
        return {"stamp": self.stamp, "setting": setting, "result": self.result, "asked": self.asked, "keys": KEYS}


def graded(id: str, *, seed: int | str | None = None, lost: float = 0.2, verdict: Verdict = Verdict.FAIL) -> Graded:
    """Return one submission's grading; `lost` is the share of checks that end in `verdict`."""
    draw = random.Random(id if seed is None else seed)
    results = [_check(question, place, draw, lost, verdict) for question in QUESTIONS for place in range(len(RULES))]
    return Graded(stamp=stamp_of(id), result=result_of(_report(id, results)), asked=tuple(Asked(result=one) for one in results))


def fault(id: str) -> Graded:
    """Return a grading that did not take place."""
    report = replace(
        _report(id, []),
        score=unjudged_score(_assignment(), complete=False),
        faults=(Fault(where="SandboxError", message="the sandbox did not start; run `grade.py doctor`"),),
    )
    return Graded(stamp=stamp_of(id), result=result_of(report), asked=())


def stamp_of(id: str) -> str:
    """Return a stamp as long as a real one."""
    return f"sha256:{random.Random(id).getrandbits(256):064x}"


def entry(id: str) -> Entry:
    """Return an entry as intake finds it."""
    return Entry(id=id, student=id, name="Ada L.", origin=f"{id}/conv_nets.ipynb", path=Path(f"class/{id}/conv_nets.ipynb"))


def _check(question: Question, place: int, draw: random.Random, lost: float, verdict: Verdict) -> CheckResult:
    name = question.names[0]
    passed = CheckResult(
        id=f"check_{name}[{place}]",
        question=question.id,
        visibility=Visibility.HIDDEN if place % 2 else Visibility.PUBLIC,
        verdict=Verdict.PASS,
        rule=RULES[place],
        fraction=1.0,
        law=place == 2,
        wall_s=draw.random() / 10,
    )
    if draw.random() >= lost:
        return passed
    size = draw.randint(1, 9)
    numbers = ", ".join(f"{draw.gauss(0, 1):.4f}" for _ in range(size))
    call = f"{name}(height={size}, width={draw.randint(1, 9)}, kernel=2, stride={draw.randint(1, 4)})"
    return replace(
        passed,
        verdict=verdict,
        fraction=0.0,
        message=f"expected a tensor of shape ({size},), got ({size + 1},); the largest difference is {draw.random():.3g}",
        counterexample=Counterexample(call=call, expected=f"tensor([{numbers}])", got=f"tensor([{numbers}, 0.0000])"),
        reproduce=f"import torch\nfrom conv_nets import {name}\n\nprint({call})",
        traceback=f"cell {draw.randint(2, 30)}, line {size}, in {name}\n    y[i:i + k, j:j + k] += x[i] * w\nRuntimeError: size",
    )


def _assignment() -> Assignment:
    return Assignment(
        slug="conv_nets",
        title="Convolutional Networks",
        folder=Path("assignments/conv_nets"),
        questions=QUESTIONS,
        limits=Limits(),
        digest="sha256:" + "3b1f9c07" * 8,
    )


def _report(id: str, results: list[CheckResult]) -> Report:
    return Report(
        assignment=_assignment(),
        submission_id=id,
        submission_files=("conv_nets.ipynb",),
        submission_digest=stamp_of(id),
        score=score_of(_assignment(), results),
        loading=Loading(
            incidents=(Incident(where="cell 7", message="NameError: name 'k' is not defined"),),
            printed="epoch 1: loss 1.0986\nepoch 2: loss 0.6931\n" * 10,
            printed_bytes=420,
            wall_s=0.21,
        ),
        environment=Environment(
            device="cpu",
            torch="2.15.0",
            python="3.11.7",
            isolation="level A: namespaces and seccomp; no network, own files only",
            seed=7,
            grader="0.1.0",
            profile="full",
        ),
        timing=Timing(wall_s=1.84, load_s=0.21, checks_s=1.52),
    )
