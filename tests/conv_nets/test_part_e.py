"""Part E of `conv_nets`: its fixtures, oracles and comparisons are right, and correct submissions get full points."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments import training_fixtures
from assignments.conv_nets import cases_e, judging_e, oracles_e, provided_models, provided_networks
from assignments.conv_nets.oracles_e import (
    MIB,
    POINTS,
    RESNET18,
    RESNET152,
    RESNET152_MB,
    RESNET152_PARAMETERS,
    SMALL_CNN,
    TABLE,
    WIDE_MLP,
)
from grader.checks.comparing import CheckFailure
from grader.measure.remembering import shipped_figures
from grader.measure.training_memory import tracked_peak_bytes
from grader.model import Job, Profile
from grader.pipeline import grade

HAND_INS = sorted((Path(__file__).resolve().parents[1] / "hand_ins" / "good_parts" / "e").glob("*.py"))
QUESTIONS = tuple(f"e{number}" for number in range(1, 8))
few = settings(deadline=None, max_examples=50)


# Models whose parameters are counted


@given(parameters=cases_e.parameter_lists(mixed=True, frozen=True, shared=True))
@few
def test_a_listed_model_holds_the_parameters_of_its_list(parameters):
    model = provided_models.make_listed_model(parameters, [((3, 2), torch.float32)])
    own = list(model.parameters())  # torch gives shared ones once
    assert [(tuple(p.shape), p.dtype, p.requires_grad) for p in own] == [parameter[:3] for parameter in parameters]
    holders = [sum(held is p for module in model.modules() for held in module._parameters.values()) for p in own]
    assert holders == [parameter[3] for parameter in parameters]
    assert [tuple(buffer.shape) for buffer in model.buffers()] == [(3, 2)]


@given(parameters=cases_e.parameter_lists(mixed=True, frozen=True, shared=True), only_trainable=st.booleans())
@few
def test_what_is_counted_on_the_list_is_what_torch_counts_on_the_model(parameters, only_trainable):
    model = provided_models.make_listed_model(parameters)
    own = [p for p in model.parameters() if p.requires_grad or not only_trainable]
    assert cases_e.elements(parameters, only_trainable=only_trainable) == sum(p.numel() for p in own)
    size = sum(p.untyped_storage().nbytes() for p in own) / 1e6
    assert math.isclose(cases_e.megabytes(parameters, only_trainable=only_trainable), size)


def test_resnet_152_with_ten_classes_is_as_large_as_the_contract_says():
    own = list(provided_models.make_resnet(152, num_classes=10).parameters())
    assert sum(p.numel() for p in own) == RESNET152_PARAMETERS == 58_164_298
    assert sum(p.nbytes for p in own) / 1e6 == RESNET152_MB == 232.657192
    assert {p.device.type for p in own} == {"meta"}


# The memory of training


def test_the_table_of_figures_has_every_point_and_fits_the_code_that_computes_them():
    """Else: `python -m assignments.conv_nets.measure_training_memory`, once for each release of torch in it."""
    code = oracles_e.origin_of(POINTS[0]).code
    tables = json.loads(TABLE.read_text(encoding="utf-8"))["tables"]
    assert {table["code"] for table in tables} == {code}
    assert all(set(table["figures"]) == {point.name for point in POINTS} for table in tables)
    assert len({json.dumps(table["figures"]) for table in tables}) == 1  # no release so far measures another figure


def test_a_figure_of_the_table_is_what_measuring_gives():
    for point in (SMALL_CNN[2], WIDE_MLP[0]):
        origin = oracles_e.origin_of(point)
        shipped = shipped_figures(TABLE, origin) or shipped_figures(TABLE, any_release(origin))
        assert shipped[point.name] == tracked_peak_bytes(oracles_e.training_step(point))


@pytest.mark.slow
@pytest.mark.parametrize("point", [*RESNET18, RESNET152[2], RESNET152[3]], ids=lambda point: point.name)
def test_a_figure_of_the_table_for_a_resnet_is_what_measuring_gives(point):
    shipped = shipped_figures(TABLE, any_release(oracles_e.origin_of(point)))
    assert shipped[point.name] == tracked_peak_bytes(oracles_e.training_step(point))


def any_release(origin):
    return replace(origin, libraries=json.loads(TABLE.read_text(encoding="utf-8"))["tables"][-1]["libraries"])


def test_the_judge_takes_its_figures_from_the_table(monkeypatch, tmp_path):
    if not shipped_figures(TABLE, oracles_e.origin_of(POINTS[0])):
        pytest.skip("the table has no figures for this release of torch")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert [round(oracles_e.peak_mib(point)) for point in RESNET18] == [1439, 1482, 1524]
    assert not list(tmp_path.iterdir())


def saved_mib(point):
    """Return the sum that a student can work out: weights, gradients, state, input, and what autograd saves."""
    model = provided_networks.make_network(point.network)
    alive = {}

    def note(tensor):
        alive[id(tensor.untyped_storage())] = tensor.untyped_storage()
        return tensor

    for tensor in (batch := torch.empty(point.batch_shape, device="meta"), *model.parameters(), *model.buffers()):
        note(tensor)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        model(batch)
    more = (1 + judging_e.STATES[point.optimizer]) * sum(p.nbytes for p in model.parameters())
    return (more + sum(storage.nbytes() for storage in alive.values())) / MIB


def test_the_sum_that_a_student_can_work_out_is_the_peak_of_every_network_that_is_asked_for():
    for point in POINTS:
        assert math.isclose(saved_mib(point), oracles_e.peak_mib(point), rel_tol=0.05), point.name


@pytest.mark.parametrize("name", ["small_cnn", "wide_mlp"])
def test_a_network_is_the_same_wherever_and_whenever_it_is_made(name):
    once, again = (provided_networks.make_network(name, "cpu").state_dict() for _ in range(2))
    assert all(torch.equal(once[key], again[key]) for key in once)
    assert {key: value.shape for key, value in provided_networks.make_network(name).state_dict().items()} == {
        key: value.shape for key, value in once.items()
    }


def judged(estimates):
    """Return the fraction of the points that estimates near the peaks get."""
    try:
        judging_e.assert_near_peaks(estimates)
    except CheckFailure as failure:
        return failure.fraction, failure.message
    return 1.0, ""


def scaled(points, factor=1.0, more=0.0):
    return {point: factor * oracles_e.peak_mib(point) + more for point in points}


@pytest.mark.parametrize(
    ("points", "factor", "more", "fraction"),
    [
        (RESNET152, 1.0, 0.0, 1.0),
        (RESNET152, 1.09, 0.0, 1.0),
        (RESNET152, 0.91, 0.0, 1.0),
        (RESNET152, 1.0, -199.0, 1.0),
        (RESNET18, 1.0, 199.0, 1.0),  # 13 %, and yet within 200 MiB
        (RESNET18, 1.0, 201.0, 0.5),
        (RESNET152, 1.12, 0.0, 0.5),
        (RESNET152, 0.71, 0.0, 0.5),
        (RESNET152, 1.31, 0.0, 0.0),
        (RESNET152, 0.69, 0.0, 0.0),
        (RESNET18, float("nan"), 0.0, 0.0),
        (RESNET18, 0.0, 0.0, 0.0),
    ],
)
def test_an_estimate_gets_the_points_that_the_contract_gives(points, factor, more, fraction):
    assert judged(scaled(points, factor, more))[0] == fraction


def test_one_point_that_is_far_away_costs_the_points_and_is_the_one_that_is_named():
    estimates = {**scaled(RESNET152), RESNET152[4]: 100.0}
    fraction, message = judged(estimates)
    assert fraction == 0.0
    assert RESNET152[4].name in message


@pytest.mark.parametrize(("factor", "word"), [(MIB, "bytes"), (1024, "KiB"), (1 / 1024, "GiB")])
def test_an_estimate_in_another_unit_is_recognised(factor, word):
    assert f"is it in {word}?" in judged(scaled(RESNET18, factor))[1]


def test_differences_cancel_every_constant_and_no_factor():
    pairs = ((SMALL_CNN[0], SMALL_CNN[2]), (SMALL_CNN[0], SMALL_CNN[3]))
    for factor in (0.86, 1.14):
        judging_e.assert_differences(scaled(SMALL_CNN, factor, more=500.0), pairs)
    for factor in (0.84, 1.16, 0.0, float("nan")):
        with pytest.raises(CheckFailure):
            judging_e.assert_differences(scaled(SMALL_CNN, factor, more=500.0), pairs)


def test_a_size_in_mebibytes_is_recognised_and_one_in_megabytes_is_right():
    judging_e.assert_megabytes(232.657192, RESNET152_MB)
    judging_e.assert_megabytes(0.0, 0.0)
    with pytest.raises(CheckFailure, match="MiB"):
        judging_e.assert_megabytes(232.657192e6 / 2**20, RESNET152_MB)
    with pytest.raises(CheckFailure):
        judging_e.assert_megabytes(8e-6, 4e-6)


# Gradients by pieces


@given(case=cases_e.accumulations(pieces="ragged") | cases_e.accumulations(pieces="equal") | cases_e.accumulations(pieces="one"))
@few
def test_the_oracle_of_gradients_is_the_mean_over_single_samples(case):
    loss, gradients = oracles_e.mean_loss_and_gradients(case)
    shape = (cases_e.FEATURES,)
    model = training_fixtures.make_model(case.kind, case.seed, shape=shape, classes=cases_e.CLASSES).double()
    criterion = training_fixtures.make_criterion(case.criterion)
    total, count = 0.0, len(case.inputs)
    targets = case.targets.double() if case.criterion == "mse" else case.targets
    for x, y in zip(case.inputs.double().split(1), targets.split(1), strict=True):
        one = criterion(model(x), y) / count
        one.backward()
        total += one.item()
    assert math.isclose(loss, total, rel_tol=1e-9, abs_tol=1e-9)
    for name, parameter in model.named_parameters():
        assert torch.allclose(gradients[name].double(), parameter.grad, rtol=1e-5, atol=1e-6), name


@pytest.mark.parametrize("pieces", ["equal", "ragged", "one"])
@given(data=st.data())
@few
def test_pieces_are_what_they_are_called(pieces, data):
    case = data.draw(cases_e.accumulations(pieces=pieces))
    count = len(case.inputs)
    assert len(case.targets) == count >= 1
    assert case.micro_batch >= 1
    rest = count % case.micro_batch
    assert {"equal": rest == 0, "ragged": rest > 0 and count > case.micro_batch, "one": case.micro_batch > count}[pieces]


def test_a_gradient_that_is_right_but_for_a_factor_is_recognised():
    expected = torch.tensor([[1.0, -2.0], [0.5, 4.0]])
    judging_e.assert_gradient("weight", expected.clone(), expected)
    with pytest.raises(CheckFailure, match=r"weight\.grad is 0\.75 times"):
        judging_e.assert_gradient("weight", 0.75 * expected, expected)
    with pytest.raises(CheckFailure, match="differ"):
        judging_e.assert_gradient("weight", expected.T.contiguous(), expected)


# Submissions


@pytest.mark.parametrize("path", HAND_INS, ids=lambda path: path.stem)
def test_correct_submissions_get_full_points_however_they_are_written(path, conv_nets, sandbox):
    report = grade(Job(assignment=conv_nets, path=path, hidden=True, questions=QUESTIONS, profile=Profile.QUICK), sandbox=sandbox)
    assert_full(report)


@pytest.mark.slow
@pytest.mark.parametrize("path", HAND_INS, ids=lambda path: path.stem)
def test_correct_submissions_get_full_points_for_resnet_152_too(path, conv_nets, sandbox):
    """One of them follows ResNet-152 operator by operator: half a minute for a point, on a machine that does nothing else."""
    patient = replace(
        conv_nets,
        limits=replace(conv_nets.limits, total_s=3000.0),
        questions=tuple(replace(question, call_s=600.0, question_s=3000.0) for question in conv_nets.questions),
    )
    report = grade(Job(assignment=patient, path=path, hidden=True, questions=("e4",), profile=Profile.FULL), sandbox=sandbox)
    assert_full(report)


BUILDS_ON_THE_OTHERS = """
def estimate_training_memory_mib(model, optimizer, batch_shape):
    twin = copy.deepcopy(model).to("meta").train()
    alive = {}

    def note(tensor):
        alive[id(tensor.untyped_storage())] = tensor.untyped_storage()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        twin(note(torch.empty(batch_shape, device="meta")))
    weights = {id(p.untyped_storage()) for p in twin.parameters()}
    saved = sum(storage.nbytes() for key, storage in alive.items() if key not in weights)
    count, size = count_parameters(twin), model_size_mb(twin)
    return saved / 2**20 + (size + 4 * count / 1e6 + optimizer_state_mb(twin, optimizer)) * 1e6 / 2**20
"""


@pytest.mark.parametrize(
    ("lost", "mistake"),
    [
        ("e1", "def count_parameters(model, only_trainable=False):\n    return len(list(model.parameters()))"),
        ("e2", "def model_size_mb(model):\n    return sum(p.nbytes for p in model.parameters())"),
        ("e3", "def optimizer_state_mb(model, optimizer):\n    return 3 * sum(p.nbytes for p in model.parameters()) / 1e6"),
    ],
)
def test_a_mistake_on_which_the_estimate_builds_costs_its_own_question(lost, mistake, conv_nets, sandbox, tmp_path, root):
    path = tmp_path / "conv_nets.py"
    right = (root / "reference" / "conv_nets" / "conv_nets.py").read_text(encoding="utf-8")
    path.write_text(f"{right}\n\n{BUILDS_ON_THE_OTHERS}\n\n{mistake}\n")
    wanted = ("e1", "e2", "e3", "e4")
    report = grade(Job(assignment=conv_nets, path=path, hidden=True, questions=wanted, profile=Profile.QUICK), sandbox=sandbox)
    assert not report.faults
    assert [each.question.id for each in report.score.questions if each.points < each.out_of] == [lost]


def assert_full(report):
    assert not report.faults
    lost = [check for question in report.score.questions for check in question.checks if check.verdict.is_lost]
    assert not lost, [(check.id, check.message) for check in lost]
    assert report.score.points == report.score.out_of > 0
