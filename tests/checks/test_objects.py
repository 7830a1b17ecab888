"""Objects that stay in the runner: checks call them, ask them, hand them back; functions of the judge are called from there."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
import torch

from assignments import training_fixtures
from grader.checks.calling import BoundHandle, Callback, Calling
from grader.checks.retelling import snippet, told
from grader.intake.opening import open_submission
from grader.model import Verdict
from grader.sandbox.live import LiveSolution
from grader.sandbox.starting import Sandbox
from grader.solution import SolutionError
from grader.specs import provided_sources, read_assignment

ROOT = Path(__file__).resolve().parent.parent.parent
SUBMISSION = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=2):
        super().__init__()
        self.layer = nn.Linear(3, width)
        self.width = width

    def forward(self, x):
        return self.layer(x)


def step(model, optimizer, criterion, loader):
    for x, y in loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()


def models(counts):
    return {count: Net(count) for count in counts}


def largest(fits):
    try:
        return fits(3)
    except torch.cuda.OutOfMemoryError as error:
        return f"too much: {error}"


def apply(f, *args):
    return f(*args)


def plus(model, x):
    return model(x) + 1


def hang(f):
    while True:
        f(1)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    (folder / "assignments" / "tiny").mkdir(parents=True)
    (folder / "assignments" / "fixtures.py").write_bytes((ROOT / "assignments" / "training_fixtures.py").read_bytes())
    (folder / "assignments" / "tiny" / "own.py").write_text(
        "from __future__ import annotations\nMARK = 'own'\ndef mark(): return MARK\n"
    )
    questions = "".join(f'[[question]]\nid = "{name}"\ntitle = "T"\npoints = 1\nnames = ["{name}"]\n{more}' for name, more in (
        ("step", "call_s = 20\n"), ("hang", "call_s = 0.6\n")))  # fmt: skip
    (folder / "assignments" / "tiny" / "assignment.toml").write_text('provided = ["../fixtures.py", "own.py"]\n' + questions)
    (folder / "tiny.py").write_text(SUBMISSION)
    return folder


@pytest.fixture(scope="module")
def live(root):
    assignment = read_assignment(root / "assignments", "tiny")
    submission = open_submission(root / "tiny.py", slug="tiny", names=assignment.names)
    with Sandbox() as sandbox:
        solution = LiveSolution(sandbox, submission, assignment, provided=provided_sources(assignment))
        solution.load()
        yield solution
        solution.close()


@pytest.fixture
def solution(live):
    live.begin_check("step")
    calling = Calling(live, sources=(), names=())
    yield calling
    calling.forget()


@pytest.fixture
def provided(live):
    return Calling(live, sources=(), names=(), prefix="provided.")


def test_the_provided_files_are_one_module(provided):
    assert provided.mark() == "own"
    assert provided.grad_mode() is True


def test_an_object_is_called_asked_and_handed_back(solution):
    net = solution.Net(width=4)
    assert isinstance(net, BoundHandle)
    assert net.attribute("width") == 4
    state = net.state()
    assert [(name, tuple(value.shape)) for name, value in state.items()] == [("layer.weight", (4, 3)), ("layer.bias", (4,))]
    x = torch.ones(2, 3)
    expected = x @ state["layer.weight"].T + state["layer.bias"]
    assert torch.allclose(net(x), expected)
    assert torch.allclose(solution.plus(net, x), expected + 1)
    assert isinstance(net.attribute("layer"), BoundHandle)
    assert {count: model.attribute("width") for count, model in solution.models((1, 5)).items()} == {1: 1, 5: 5}


def test_a_model_made_on_both_sides_is_the_same_and_trains_to_the_same_parameters(solution, provided):
    made = {"kind": "conv", "seed": 3, "shape": (1, 6, 6)}
    model, loader = provided.make_model(**made), provided.make_loader(7, 3, shape=(1, 6, 6), seed=4)
    solution.step(model, provided.make_optimizer(model, "groups", lr=0.2, momentum=0.5), provided.make_criterion(), loader)

    own, batches = training_fixtures.make_model(**made), training_fixtures.make_loader(7, 3, shape=(1, 6, 6), seed=4)
    optimizer = training_fixtures.make_optimizer(own, "groups", lr=0.2, momentum=0.5)
    for x, y in batches:
        optimizer.zero_grad()
        training_fixtures.make_criterion()(own(x), y).backward()
        optimizer.step()
    seen = provided.snapshot(model)
    for name, value in own.named_parameters():
        assert torch.allclose(seen["parameters"][name], value.detach(), atol=1e-6), name
    assert seen["training"][""] is True
    assert [len(y) for _, y in provided.drain(loader)] == [3, 3, 1]


def test_a_function_of_the_judge_answers_and_raises_in_the_submission(solution):
    assert solution.largest(Callback("lambda n: n + 1", lambda n: n + 1)) == 4

    def refuse(n):
        raise torch.OutOfMemoryError(f"{n} GiB")

    assert solution.largest(Callback("refuse", refuse)) == "too much: 3 GiB"

    def fall(n):
        raise KeyError("nothing there")

    with pytest.raises(SolutionError, match="nothing there") as caught:
        solution.largest(Callback("fall", fall))
    assert caught.value.kinds[0] == "KeyError"


def test_a_function_of_the_judge_may_ask_the_submission_while_it_is_called(solution):
    net = solution.Net()
    x = torch.ones(1, 3)
    assert solution.largest(Callback("f", lambda n: float(solution.plus(net, x).sum()))) == pytest.approx(float(net(x).sum()) + 2)


def test_a_function_of_the_judge_may_use_the_objects_that_it_is_called_with(solution, provided):
    model, loader, criterion = provided.make_model("mlp"), provided.make_loader(5, 2), provided.make_criterion()
    optimizer = provided.make_optimizer(model)

    def train(model, loader, criterion, optimizer):
        losses = []
        for x, y in loader.items():
            optimizer.attribute("zero_grad")()
            loss = criterion.keep(model.keep(x), y)
            loss.attribute("backward")()
            optimizer.attribute("step")()
            losses.append(loss.attribute("item")())
        return losses

    trained = Callback("train", solution.bind(train))
    losses = solution.apply(trained, model, loader, criterion, optimizer)
    own = training_fixtures.make_model("mlp")
    expected = [training_fixtures.make_criterion()(own(x), y).item() for x, y in training_fixtures.make_loader(5, 2)]
    assert len(losses) == 3
    assert losses[0] == pytest.approx(expected[0], abs=1e-6)
    assert losses[1] != pytest.approx(expected[1], abs=1e-6)  # the first step has changed the model


def test_a_loss_while_a_function_of_the_judge_asks_is_the_loss_of_the_call_around_it(live):
    live.begin_check("hang")
    solution = Calling(live, sources=(), names=())
    with pytest.raises(SolutionError) as caught:
        solution.largest(Callback("f", lambda n: solution.hang(Callback("g", lambda n: n))))
    assert caught.value.verdict is Verdict.TIMEOUT
    assert "0.6 s" in caught.value.message
    live.begin_check("step")
    assert solution.largest(Callback("f", lambda n: n)) == 3


def test_a_new_check_finds_no_objects_of_the_last_one(live):
    live.begin_check("step")
    solution = Calling(live, sources=(), names=())
    net = solution.Net()
    solution.forget()
    with pytest.raises(SolutionError):
        net(torch.ones(1, 3))


def test_a_call_is_told_with_the_objects_that_it_was_given(solution, provided, root, monkeypatch):
    model = provided.make_model("mlp", seed=1)
    optimizer = provided.make_optimizer(model, lr=0.5)
    solution.step(model, optimizer, criterion=provided.make_criterion(), loader=provided.make_loader(4, 2))
    lines = [
        "model = provided.make_model('mlp', seed=1)",
        "optimizer = provided.make_optimizer(model, lr=0.5)",
        "criterion = provided.make_criterion()",
        "loader = provided.make_loader(4, 2)",
    ]
    call = "step(model, optimizer, criterion=criterion, loader=loader)"
    assert told(solution.last).splitlines() == [*lines, call]
    text = snippet(solution.last, imported_from="tiny")
    assert text.splitlines() == ["import provided", "from tiny import step", "", *lines, f"print({call})"]


def test_a_call_of_an_object_is_told_and_its_snippet_runs(solution, root, monkeypatch):
    solution.Net(width=2)(torch.ones(1, 3))
    assert told(solution.last).splitlines() == ["net = Net(width=2)", "net(torch.tensor([[1., 1., 1.]]))"]
    monkeypatch.syspath_prepend(str(root))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(snippet(solution.last, imported_from="tiny"), {})
    assert printed.getvalue().startswith("tensor([[")


def test_a_function_of_the_judge_is_told_as_a_student_would_write_it(solution):
    solution.largest(Callback("lambda n: n <= 24", lambda n: n <= 24))
    assert told(solution.last) == "largest(lambda n: n <= 24)"
    assert snippet(solution.last, imported_from=None) == "print(largest(lambda n: n <= 24))"


def test_an_object_without_a_history_is_described_and_makes_no_snippet(solution):
    model = solution.models((2,))[2]
    solution.plus(model, torch.ones(1, 3))
    assert told(solution.last).startswith("plus(an object of type Net, ")
    assert snippet(solution.last, imported_from="tiny") == ""
