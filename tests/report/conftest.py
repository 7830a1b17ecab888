"""Reports as a grading would leave them, built by hand: one for each thing that a page must be able to say."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from grader.model import (
    Assignment,
    CheckResult,
    Counterexample,
    Environment,
    Fault,
    Incident,
    Kind,
    Limits,
    Loading,
    Measurement,
    Question,
    Report,
    Timing,
    Verdict,
    Visibility,
    WrittenAnswer,
)
from grader.scoring import score_of

PARTS = {"a": "A. Feature dimensions", "b": "B. Gradients of convolution and pooling", "c": "C. Hand-designed filters"}
TABLE = """
a1 | 2 | Parameters of a convolution layer | conv_param_count(in_channels, filters, kernel) -> (weights, biases)
a2 | 4 | Output shape of a convolution | conv_output_shape(height, width, kernel, stride=1, padding=0) -> (h, w, c)
a3 | 2 | Output shape of a pooling layer | pool_output_shape(height, width, channels, kernel, stride=None) -> (h, w, c)
a4 | 4 | Receptive field | receptive_field(layers) -> int
a5 | 3 | Table of a whole network | layer_table(layers, input_shape) -> list[(name, params, (h, w, c))]
b1 | 3 | Convolution, forward | conv2d(x, w) -> y
b2 | 5 | Gradient with respect to the kernel | conv2d_weight_grad(x, dy) -> dw
b3 | 4 | Gradient with respect to the input | conv2d_input_grad(w, dy) -> dx
b4 | 1 | One step of gradient descent | sgd_step(w, dw, lr) -> w_new
b8 | 2 | Transposed convolution | conv_transpose2d(x, w, stride=1) -> y
c1 | 5 | Averaging filter | averaging_filter(image, size=3) -> image
c2 | 5 | Laplacian filter | laplacian_filter(image) -> image
"""
QUESTIONS = tuple(
    Question(
        id=id_,
        title=title,
        kind=Kind.CODE,
        points=float(points),
        part=PARTS[id_[0]],
        names=(signature.partition("(")[0],),
        signature=signature,
    )
    for id_, points, title, signature in (line.split(" | ") for line in TABLE.strip().splitlines())
)
ON_GPU = Question(
    id="e4",
    title="Memory of one training step",
    kind=Kind.GPU,
    points=6,
    part="E. GPU memory",
    names=("estimate_training_memory_mib",),
    signature="estimate_training_memory_mib(model, optimizer, batch_shape) -> float",
)
FIGURES = tuple(
    Question(
        id=id_, title=title, kind=Kind.FIGURE, points=points, part="F. Figures", names=(name,), signature=f"{name}(...) -> Figure"
    )
    for id_, title, points, name in (
        ("f1", "Validation accuracy", 3.0, "plot_validation_accuracy"),
        ("f2", "Confusion matrix", 2.0, "plot_confusion"),
    )
)
TIMED = tuple(
    Question(
        id=id_,
        title=title,
        kind=Kind.CODE,
        points=4.0,
        part="H. Low precision",
        names=(name,),
        signature=f"{name}(model, images)",
    )
    for id_, title, name in (
        ("h1", "Half precision", "to_half"),
        ("h2", "Fewer channels", "compact"),
        ("h3", "Inference in half precision", "run_inference"),
    )
)
RUBRIC = "- **1 point:** names what the filters look like\n- **1 point:** says *why*\n- **1 point:** `conv1` against `conv2`"
WRITTEN = tuple(
    Question(id=id_, title=title, kind=Kind.WRITTEN, points=3, part="W. Written answers", rubric=RUBRIC)
    for id_, title in (("w1", "Max against average pooling"), ("w2", "What the learned filters show"))
)
ANSWER = """\
# What I did

I trained the network **five times** and looked at `conv1.weight` (see [the paper](https://arxiv.org/abs/1311.2901)).

### Findings

| filter | looks like | $\\lVert w \\rVert_2$ |
|---|---|---:|
| 1 | a horizontal edge | 1.84 |
| 2 | a blob | 0.91 |

1. The *max* keeps the strongest answer, $y_{ij} = \\max_{a,b} x_{i+a,\\,j+b}$.
2. The average blurs it:

   ```python
   y = x.unfold(2, 2, 2).unfold(3, 2, 2).mean((-1, -2))
   ```

> "Pooling is a big mistake" – not here.

$$
\\frac{\\partial L}{\\partial x} = \\frac{1}{4} * dy
$$

![my sketch](attachment:sketch.png) and <b>no</b> raw HTML.
"""

ATTACK = (
    "</code></pre></style><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
    "\"' onmouseover='alert(4)' style='color:red' {{ 7 * 7 }} {% raw %} javascript:alert(5) `<b>tick</b>`\n"
    "second line\r\nthird\rfourth \x1b[31mred\x1b[0m \x1b]0;title\x07 \x00 \u202eesrever\u202c \u200bzero "
    "\ud800 lone &lt;b&gt; <!-- ]]> " + "unbroken" * 60
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium, or the reason why there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on the PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def reports() -> dict[str, Report]:
    """One report of each sort, by name."""
    return {
        "right": _right(),
        "partly": _partly(),
        "raised": _raised(),
        "fault": _fault(),
        "unreadable": _unreadable(),
        "self_check": _self_check(),
        "self_check_right": _self_check_right(),
        "hostile": _hostile(),
        "written": _written(),
        "figures": _figures(),
        "quick": _quick(),
        "measured": _measured(),
        "empty": _report((), []),
    }


def _report(questions: tuple[Question, ...], results: list[CheckResult], **changes: object) -> Report:
    assignment = Assignment(
        slug="conv_nets",
        title="Convolutional Networks",
        folder=Path("assignments/conv_nets"),
        questions=questions,
        limits=Limits(),
        digest="sha256:" + "3b1f9c07" * 8,
    )
    report = Report(
        assignment=assignment,
        submission_id="ada",
        submission_files=("conv_nets.ipynb",),
        submission_digest="sha256:" + "9e41a2d8" * 8,
        score=score_of(assignment, results),
        loading=Loading(printed="epoch 1: loss 1.0986\nepoch 2: loss 0.6931\n", printed_bytes=42, wall_s=0.21),
        environment=Environment(
            device="cpu",
            torch="2.15.0",
            python="3.11.7",
            isolation="level A: namespaces and seccomp; no network, own files only",
            seed=7,
            grader="0.1.0",
            profile="full",
            checks="all",
        ),
        timing=Timing(wall_s=1.84, load_s=0.21, checks_s=1.52),
    )
    return replace(report, **changes)  # type: ignore[arg-type]  # the tests name fields of Report only


def _passed(question: Question) -> list[CheckResult]:
    """Return three checks of a question that passed."""
    rules = (
        (Visibility.PUBLIC, "The worked case of the hand-out comes out as printed there."),
        (Visibility.PUBLIC, f"`{(question.names or ('it',))[0]}` agrees with torch in float64 on random sizes."),
        (Visibility.HIDDEN, "The result is linear in its second argument (a gradient of a bilinear map)."),
    )
    return [
        CheckResult(
            id=f"check_{question.id}_{place}",
            question=question.id,
            visibility=visibility,
            verdict=Verdict.PASS,
            rule=rule,
            fraction=1.0,
            wall_s=0.02,
        )
        for place, (visibility, rule) in enumerate(rules)
    ]


def _failed(question: str, verdict: Verdict = Verdict.FAIL, **fields: object) -> CheckResult:
    values: dict[str, object] = {
        "id": f"check_{question}",
        "question": question,
        "visibility": Visibility.PUBLIC,
        "verdict": verdict,
        "rule": "The result is right.",
        "wall_s": 0.03,
    }
    return CheckResult(**(values | fields))  # type: ignore[arg-type]  # the tests name fields of CheckResult only


def _right() -> Report:
    return _report(QUESTIONS, [check for question in QUESTIONS for check in _passed(question)])


def _partly() -> Report:
    """Some answers are wrong in the ways that students' answers are; no GPU is there."""
    questions = (*QUESTIONS, ON_GPU, *WRITTEN)
    wrong = {check.question: check for check in (*_wrong_answers(), *_lost_answers())}
    results = []
    for question in questions[: -len(WRITTEN)]:
        instead = wrong.get(question.id)
        if instead and instead.verdict in (Verdict.MISSING, Verdict.NOT_RUN):
            results.append(instead)
        else:
            results += [*_passed(question)[:-1], instead] if instead else _passed(question)
    return _report(
        questions,
        results,
        loading=Loading(
            undefined=("receptive_field",),
            printed="epoch 1: loss 1.0986\n" * 12,
            printed_bytes=90_412,
            notes=("the line `!pip install torchsummary` in cell 1 was left out: there is no network here",),
        ),
        repairs=("the archive held a folder `hw2/`; its `conv_nets.ipynb` was taken",),
        written=tuple(WrittenAnswer(question=each.id, text="Because.", found=f"answer_{each.id}") for each in WRITTEN),
    )


def _wrong_answers() -> tuple[CheckResult, ...]:
    return (
        _failed(
            "a2",
            rule="The output shape equals that of a real `torch.nn.Conv2d` (Dumoulin & Visin 2016, relationship 6).",
            message="the height and the width are rounded up; the last window that does not fit counts for nothing",
            counterexample=Counterexample(
                call="conv_output_shape(height=5, width=5, kernel=2, stride=2)", expected="(2, 2, 1)", got="(3, 3, 1)"
            ),
            reproduce="print(conv_output_shape(height=5, width=5, kernel=2, stride=2))",
        ),
        _failed(
            "b1",
            visibility=Visibility.HIDDEN,
            rule="Pictures that are not square are convolved, too.",
            message="the shape is (4, 4) and should be (4, 2)",
        ),
        _failed(
            "b2",
            id="check_weight_gradient_is_adjoint_to_the_forward_pass",
            rule="`<conv(x, w), dy> = <w, dw>`: the defining property of a gradient of a bilinear map.",
            message="the largest difference is 4.95 at [2, 2] where 0.0001 is allowed; the kernel seems to be flipped",
            counterexample=Counterexample(
                call="conv2d_weight_grad(torch.tensor([[0.5, -1.25, 2.0], [1.0, 0.75, -0.5], [0.25, 1.5, 1.0]], "
                "dtype=torch.float64), torch.tensor([[1.0, -2.0], [0.5, 3.0]], dtype=torch.float64))",
                expected="torch.tensor([[5.75, -6.375], [4.125, 5.125]], dtype=torch.float64)",
                got="torch.tensor([[5.125, 4.125], [-6.375, 5.75]], dtype=torch.float64)",
            ),
            reproduce="import torch\n\nx1 = torch.tensor([[0.5, -1.25, 2.0], [1.0, 0.75, -0.5], [0.25, 1.5, 1.0]], "
            "dtype=torch.float64)\nx2 = torch.tensor([[1.0, -2.0], [0.5, 3.0]], dtype=torch.float64)\n"
            "print(conv2d_weight_grad(x1, x2))",
            stood_in=("b1",),
        ),
    )


def _lost_answers() -> tuple[CheckResult, ...]:
    size = "RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"
    return (
        _failed("a4", Verdict.MISSING, rule="`receptive_field([])` is 1.", message="`receptive_field` is not defined"),
        _failed(
            "b8",
            Verdict.ERROR,
            rule="A 2x2 picture and a 2x2 kernel give a 3x3 result.",
            message=size,
            counterexample=Counterexample(
                call="conv_transpose2d(torch.ones(2, 2), torch.ones(2, 2))",
                expected="an answer, and no exception",
                got=size,
            ),
            traceback=f"cell 14, line 6, in conv_transpose2d\n    y[i:i + k, j:j + k] += x[i] * w\n{size}",
            reproduce="import torch\n\nprint(conv_transpose2d(torch.ones(2, 2), torch.ones(2, 2)))",
        ),
        _failed(
            "c1",
            Verdict.TIMEOUT,
            visibility=Visibility.HIDDEN,
            rule="Windows larger than the picture are averaged as `scipy.ndimage.convolve` does.",
            message="no answer after 10 s",
        ),
        _failed("e4", Verdict.NOT_RUN, rule="The estimate is within 10 % of the measured peak.", message="it needs a GPU"),
    )


def _raised() -> Report:
    """A cell raised half-way, and what later cells need is not there."""
    traceback = "cell 7, line 3, in <module>\n    kernel = torch.ones(k, k) / k ** 2\nNameError: name 'k' is not defined"
    missing = [question for question in QUESTIONS if question.id[0] != "a"]
    results = [
        replace(check, verdict=Verdict.MISSING, fraction=0.0, message=f"`{question.names[0]}` is not defined")
        if question in missing
        else check
        for question in QUESTIONS
        for check in _passed(question)
    ]
    return _report(
        QUESTIONS,
        results,
        loading=Loading(
            incidents=(
                Incident(where="cell 7", message="NameError: name 'k' is not defined", traceback=traceback),
                Incident(where="cell 9", message="IndentationError: unexpected indent (cell 9, line 2)"),
            ),
            undefined=tuple(name for question in missing for name in question.names),
        ),
    )


def _fault() -> Report:
    """One check of b3 and all checks of c2 are faulty."""
    results = [
        replace(check, verdict=Verdict.FAULT, fraction=0.0, message="the check itself failed (ValueError)")
        if question.id == "c2" or check.id == "check_b3_2"
        else check
        for question in QUESTIONS
        for check in _passed(question)
    ]
    return _report(
        QUESTIONS,
        results,
        faults=(
            Fault(
                where="checks_hidden.py, check_linear_ramp",
                message="a check of the course asked SciPy for a border mode that does not exist",
                details="ValueError: border mode not supported\n  in oracle_laplacian, line 31",
            ),
        ),
    )


def _unreadable() -> Report:
    return _report(
        (),
        [],
        unreadable="homework.zip unpacks to 812 MB and the limit is 256 MB; leave out data and checkpoints and hand it in again",
        loading=Loading(),
        submission_files=(),
        timing=Timing(wall_s=0.04, load_s=0.0, checks_s=0.0),
    )


def _self_check() -> Report:
    partly = _partly()
    return replace(
        partly,
        environment=replace(partly.environment, checks="public", isolation="none: a plain process of your own"),
        hidden_checks=(21, 38.5),
        submission_files=("conv_nets.py", "helpers/shapes.py"),
    )


def _self_check_right() -> Report:
    right = _right()
    return replace(right, environment=replace(right.environment, checks="public"), hidden_checks=(1, 2.0))


def _written() -> Report:
    """One written answer is there, one is not."""
    questions = (*QUESTIONS, *WRITTEN)
    return _report(
        questions,
        [check for question in QUESTIONS for check in _passed(question)],
        written=(
            WrittenAnswer(question="w1", text=ANSWER, found="the cell tagged answer-w1"),
            WrittenAnswer(question="w2", text="", found=""),
        ),
    )


def _figures() -> Report:
    """One figure lacks something and its picture stands beside that, in two checks; another is right."""
    drawn = [_picture(lines=2), _picture(lines=1)]
    results = [
        _failed(
            "f1", rule="Both axes are labelled.", message="the y axis has no label; add `axes.set_ylabel(...)`", picture=drawn[0]
        ),
        _failed("f1", id="check_f1_legend", rule="There is a legend.", message="the figure has no legend", picture=drawn[0]),
        *(replace(check, picture=drawn[1]) for check in _passed(FIGURES[1])),
    ]
    return _report(FIGURES, results)


def _picture(lines: int) -> str:
    figure = Figure(figsize=(5, 3.4), layout="constrained")
    axes = figure.subplots()
    for line in range(lines):
        axes.plot([10, 20, 30, 40], [0.4 + 0.1 * line, 0.5, 0.7, 0.8 + 0.1 * line])
    axes.set_xlabel("images per class")
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=100)
    return base64.b64encode(content.getvalue()).decode()


def _quick() -> Report:
    """A self-check in the quick profile, in which one check of each of two questions was left out."""
    because = "it trains for long, so the quick profile leaves it out; add `--profile full` to run it"
    results = [
        replace(check, verdict=Verdict.NOT_RUN, fraction=0.0, message=because)
        if check.id in ("check_a2_2", "check_b2_2")
        else check
        for question in QUESTIONS
        for check in _passed(question)
    ]
    report = _report(QUESTIONS, results, hidden_checks=(21, 0.0))
    return replace(report, environment=replace(report.environment, profile="quick", checks="public"))


def _measured() -> Report:
    """One thing was fast enough, one was not, and of one it could not be told."""
    fast_s = [0.0213, 0.0209, 0.0231, 0.0212, 0.0298, 0.0211, 0.0208, 0.0214, 0.0210, 0.0212]
    results = [
        *(replace(check, measurement=_ratio_of(1.92, fast_s)) for check in _passed(TIMED[0])[:1]),
        _failed(
            "h2",
            rule="Half of the channels are at least 1.3 times as fast as all of them.",
            message="float16 is not fast enough",
            counterexample=Counterexample(
                call="",
                expected="at least 1.3 times as fast as float32",
                got="1.07 times as fast in the median of 10 pairs of measurements",
            ),
            measurement=_ratio_of(1.07, fast_s),
        ),
        _failed(
            "h3",
            Verdict.INCONCLUSIVE,
            rule="Inference in half precision is at least 1.3 times as fast.",
            message="it cannot be told here whether float16 is at least 1.3 times as fast as float32",
            measurement=_ratio_of(1.3, fast_s * 6),
        ),
    ]
    return _report(TIMED, results)


def _ratio_of(ratio: float, fast_s: list[float]) -> Measurement:
    slow_s = tuple(ratio * 0.021 * (1 + 0.04 * (place % 5 - 2)) for place in range(len(fast_s)))
    ratios = sorted(slow / fast for slow, fast in zip(slow_s, fast_s, strict=True))
    return Measurement(
        fast="float16",
        slow="float32",
        fast_s=tuple(fast_s),
        slow_s=slow_s,
        wanted=1.3,
        ratio=ratios[len(ratios) // 2],
        interval=(ratios[1], ratios[-2]) if len(ratios) > 5 else None,
        set_aside=1,
    )


def _hostile() -> Report:
    """Every text that a submission, its name or an author can set is an attack."""
    questions = (
        Question(id="h1", title=ATTACK, kind=Kind.CODE, points=4, part=ATTACK, names=(ATTACK,), signature=ATTACK),
        Question(id='h"2 <b>', title="Quotes in an id", kind=Kind.CODE, points=1, part=ATTACK),
    )
    results = [
        _failed(
            "h1",
            id=ATTACK,
            rule=ATTACK,
            message=ATTACK,
            counterexample=Counterexample(call=ATTACK, expected=ATTACK, got=f"{ATTACK} too"),
            reproduce=ATTACK,
            traceback=ATTACK,
            stood_in=("h1", ATTACK),
            measurement=replace(_ratio_of(2.0, [0.02] * 7), fast=ATTACK, slow=ATTACK),
        ),
        _failed("h1", Verdict.PASS, rule=ATTACK, fraction=1.0, stood_in=(ATTACK,)),
        _failed(questions[1].id, Verdict.MISSING, message=ATTACK),
    ]
    questions = (*questions, Question(id='w"1 <b>', title=ATTACK, kind=Kind.WRITTEN, points=3, part=ATTACK, rubric=ATTACK))
    report = _report(
        questions,
        results,
        written=(WrittenAnswer(question=questions[-1].id, text=ATTACK, found=ATTACK),),
        submission_id=ATTACK,
        submission_files=(ATTACK,),
        submission_digest=ATTACK,
        repairs=(ATTACK,),
        faults=(Fault(where=ATTACK, message=ATTACK, details=ATTACK),),
        loading=Loading(
            incidents=(Incident(where=ATTACK, message=ATTACK, traceback=ATTACK),),
            undefined=(ATTACK,),
            printed=ATTACK,
            printed_bytes=99_999,
            notes=(ATTACK,),
        ),
    )
    first = replace(report.score.questions[0], note=ATTACK)
    environment = replace(report.environment, device=ATTACK, torch=ATTACK, python=ATTACK, isolation=ATTACK)
    return replace(
        report,
        assignment=replace(report.assignment, title=ATTACK, slug=ATTACK, digest=ATTACK),
        score=replace(report.score, questions=(first, *report.score.questions[1:])),
        environment=environment,
    )
