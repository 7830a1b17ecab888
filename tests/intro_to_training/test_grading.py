"""`intro_to_training` end to end: right work of every kind earns everything, and one defect costs its own question only."""

from __future__ import annotations

from pathlib import Path

import pytest

from assignments.intro_to_training import running
from assignments.intro_to_training.cases import Data, Training
from grader.checks.calling import Calling
from grader.checks.comparing import CheckFailure
from grader.intake.opening import open_submission
from grader.model import Kind, Profile, Verdict
from grader.pipeline import Job, grade
from grader.sandbox.live import LiveSolution
from grader.specs import provided_sources, read_assignment

ROOT = Path(__file__).resolve().parents[2]
SLUG = "intro_to_training"
REFERENCE = ROOT / "reference" / SLUG / f"{SLUG}.py"
GOOD = sorted((ROOT / "tests" / "hand_ins" / "good_intro").glob("*.py"))
WITHOUT_A_GPU = 88  # points: q5 and q8 are not run


@pytest.fixture(scope="module")
def intro():
    return read_assignment(ROOT / "assignments", SLUG)


def judge(intro, sandbox, path, *, questions=(), profile=Profile.QUICK):
    return grade(Job(assignment=intro, path=path, hidden=True, questions=questions, profile=profile), sandbox=sandbox)


def lost(report):
    return [q.question.id for q in report.score.questions if q.points < q.out_of]


def checks_of(report):
    return {check.id: check for question in report.score.questions for check in question.checks}


def with_text(tmp_path, text):
    path = tmp_path / f"{SLUG}.py"
    path.write_text(f"{REFERENCE.read_text(encoding='utf-8')}\n\n{text}", encoding="utf-8")
    return path


def variant(tmp_path, name):
    return with_text(tmp_path, (ROOT / "reference" / SLUG / "wrong" / f"{name}.py").read_text(encoding="utf-8"))


def test_the_points_and_kinds_are_the_contracts(intro):
    points = {question.id: question.points for question in intro.questions}
    by_person = [question for question in intro.questions if question.kind is Kind.WRITTEN]
    assert [question.id for question in by_person] == ["w4", "w6", "w9", "w10"]
    assert all(question.rubric for question in by_person)
    assert sum(question.points for question in by_person) == 20
    assert sum(points.values()) == 120
    assert points == {
        "q1": 6,
        "m1": 10,
        "q3a": 14,
        "q3b": 12,
        "q3c": 12,
        "q2": 8,
        "w4": 5,
        "q5": 8,
        "w6": 5,
        "m2": 12,
        "q7": 8,
        "q8": 4,
        "w9": 5,
        "p1": 6,
        "w10": 5,
    }


def test_the_reference_earns_everything(intro, sandbox):
    report = judge(intro, sandbox, REFERENCE, profile=Profile.FULL)
    assert not report.faults
    assert not lost(report)
    assert report.score.points == WITHOUT_A_GPU
    assert {check.verdict for check in checks_of(report).values()} == {Verdict.PASS, Verdict.NOT_RUN}


def test_the_quick_profile_leaves_the_long_training_out_and_says_so(intro, sandbox):
    report = judge(intro, sandbox, REFERENCE, questions=("q7",))
    (check,) = checks_of(report).values()
    assert check.verdict is Verdict.NOT_RUN
    assert "--profile full" in check.message


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=() if number % 4 == 0 else pytest.mark.slow, id=path.stem) for number, path in enumerate(GOOD)],
)
def test_right_work_earns_everything_however_it_is_written(path, intro, sandbox):
    report = judge(intro, sandbox, path)
    assert not report.faults
    assert not lost(report)
    assert report.score.points == WITHOUT_A_GPU - intro.question("q7").points


def test_there_are_many_kinds_of_right_work():
    assert len(GOOD) >= 12


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("q3a_no_zero_grad", "the gradients of earlier batches were not cleared: optimizer.zero_grad()"),
        ("q3a_running_means_logged", "these are means over the batches so far, not the losses of batches"),
        ("q3b_mean_of_the_batches_accuracies", "this is the mean of the batches' accuracies"),
        ("q3b_loss_is_the_mean_over_the_samples", "this is the mean over the samples; here each batch counts once"),
        ("q3b_graph_is_built", "autograd recorded during the evaluation"),
        ("q3c_steps_from_zero", "the steps are counted from 0; the first batch is step 1"),
        ("q3c_time_without_the_test", "an epoch took less time than its loaders alone: its test belongs to it"),
        ("m1_softmax_at_the_end", "a softmax is applied to the logits; the loss does that itself"),
        ("p1_flops", "this is FLOPs = 2 x MACs"),
        ("p1_whole_batch", "this is the work for a whole batch of"),
        ("q2_two_axes", "the figure has 2 Axes where everything belongs on one"),
    ],
)
def test_a_classic_mistake_is_called_by_its_name(name, message, intro, sandbox, tmp_path):
    question = name.split("_")[0]
    report = judge(intro, sandbox, variant(tmp_path, name), questions=(question,))
    assert lost(report) == [question]
    assert any(message in check.message for check in checks_of(report).values())


@pytest.mark.parametrize("name", ["q3a_no_zero_grad", "q3a_mean_of_the_epoch", "q3b_accuracy_first", "q3b_parameters_frozen"])
def test_fit_is_judged_with_the_judges_own_where_what_it_calls_is_wrong(name, intro, sandbox, tmp_path):
    report = judge(intro, sandbox, variant(tmp_path, name), questions=("q3a", "q3b", "q3c"))
    assert lost(report) == [name.split("_")[0]]
    assert any(name.split("_")[0] in check.stood_in for check in checks_of(report).values() if check.question == "q3c")


def test_an_epoch_that_is_not_written_costs_its_own_question(intro, sandbox, tmp_path):
    path = with_text(tmp_path, "def train_epoch(*args, **kwargs):\n    raise NotImplementedError\n")
    report = judge(intro, sandbox, path, questions=("q3a", "q3b", "q3c"))
    assert lost(report) == ["q3a"]
    assert sum(question.points for question in report.score.questions if question.question.id == "q3a") == 0


def test_nothing_written_earns_nothing(intro, sandbox):
    report = judge(intro, sandbox, ROOT / "student_template" / SLUG / f"{SLUG}.py")
    assert not report.faults
    assert report.score.points == 0


# The bodies of the checks that need a device


@pytest.fixture(scope="module")
def opened(intro, sandbox, request):
    """Return a function that opens the reference with a text below it; what it gives holds `solution` and `provided`."""
    alive = []

    def open_with(folder, text=""):
        submission = open_submission(with_text(folder, text), slug=SLUG, names=intro.names)
        live = LiveSolution(sandbox, submission, intro, provided=provided_sources(intro))
        alive.append(live)
        live.load()
        live.begin_check("q8")
        return Calling(live, sources=(), names=intro.names), Calling(live, sources=(), names=(), prefix="provided.")

    yield open_with
    for live in alive:
        live.close()


def test_what_is_checked_on_a_gpu_holds_for_the_reference_on_the_cpu(opened, tmp_path):
    solution, provided = opened(tmp_path)
    running.assert_trains_on(solution, provided, "cpu")
    running.assert_evaluates_on(solution, provided, "cpu")
    running.assert_network_trains_on(solution, provided, "cpu")


def test_wrong_training_and_evaluation_are_found_on_any_device(opened, tmp_path):
    solution, provided = opened(
        tmp_path,
        "def train_epoch(model, loader, optimizer, criterion, device='cpu', log_every=100):\n"
        "    return [criterion(model(x), y).item() for x, y in loader][::log_every]\n"
        "def evaluate(model, loader, criterion, device='cpu'):\n"
        "    return 1.0, 0.5\n",
    )
    with pytest.raises(CheckFailure, match="the losses on cpu are not those on the CPU"):
        running.assert_trains_on(solution, provided, "cpu")
    with pytest.raises(CheckFailure, match="the loss on cpu"):
        running.assert_evaluates_on(solution, provided, "cpu")
    with pytest.raises(CheckFailure, match="an epoch does not lower the loss"):
        running.assert_network_trains_on(solution, provided, "cpu")


def test_a_model_that_is_not_on_the_device_is_named(opened, tmp_path):
    _, provided = opened(tmp_path)
    model, *_ = Training(data=Data(count=4, batch_size=2)).make(provided)
    with pytest.raises(CheckFailure, match="the model is not on cuda"):
        running._assert_lies_on(provided, model, "cuda")


def test_an_epoch_that_takes_longer_on_the_device_is_not_faster(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "LARGE_COUNT", 256)
    solution, provided = opened(
        tmp_path,
        "def train_epoch(model, loader, optimizer, criterion, device='cpu', log_every=100):\n"
        "    time.sleep(0.05 if device == 'cpu' else 0.1)\n"
        "    return []\n",
    )
    with pytest.raises(CheckFailure, match="an epoch on cuda is not faster than on the CPU"):
        running.assert_epoch_is_faster(solution, provided, "cuda")


def test_an_epoch_that_takes_less_time_on_the_device_is_faster(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "LARGE_COUNT", 256)
    solution, provided = opened(
        tmp_path,
        "def train_epoch(model, loader, optimizer, criterion, device='cpu', log_every=100):\n"
        "    time.sleep(0.2 if device == 'cpu' else 0.02)\n"
        "    return []\n",
    )
    running.assert_epoch_is_faster(solution, provided, "cuda")


def test_a_network_that_learns_half_way_earns_half_of_the_points(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "FULL", 1.01)
    monkeypatch.setattr(running, "HALF", 0.0)
    monkeypatch.setattr(running, "REPEATS", 1)
    monkeypatch.setattr(running, "BATCH_SIZE", 64)
    monkeypatch.setattr(running, "EPOCHS", 1)
    solution, provided = opened(tmp_path)
    with pytest.raises(CheckFailure, match="unseen digits are recognised") as caught:
        running.assert_digits_are_learned(solution, provided)
    assert caught.value.fraction == 0.5
