"""Part D of `conv_nets`: the data set is what it says, the oracles agree with torch, and correct hand-ins lose nothing."""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from assignments import training_fixtures
from assignments.conv_nets import cases_d, judging_d, oracles_d, oracles_d8, provided
from assignments.conv_nets.cases_d import Run
from grader.checks.comparing import CheckFailure
from grader.model import Job, Profile
from grader.pipeline import grade

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = sorted((ROOT / "tests" / "hand_ins" / "good_parts" / "d").glob("*.py"))
WRONG = ROOT / "reference" / "conv_nets" / "wrong"
PART_D = tuple(f"d{number}" for number in range(1, 9))

few = settings(deadline=None, max_examples=40)


# The data set


def arrays(dataset):
    return np.stack([np.asarray(image) for image, _ in dataset])


def test_the_data_set_has_the_contracts_defaults():
    assert provided.DEFAULT_DOMAIN == {
        "data_per_class": 1000,
        "num_classes": 3,
        "class_type": ["horizontal", "vertical", "none"],
        "spatial_resolution": 28,
        "min_edge_width": 1,
        "max_edge_width": 4,
        "min_edge_intensity": 0.25,
        "max_edge_intensity": 1,
        "min_background_intensity": 0,
        "max_background_intensity": 0.2,
        "possible_edge_location_ratio": 1.0,
        "num_horizontal_edge": 1,
        "num_vertical_edge": 1,
        "num_diagonal_edge": 1,
        "use_permutation": False,
        "permutater": None,
        "unpermutater": None,
    }


def test_images_are_grey_pil_images_in_the_order_of_their_classes():
    dataset = provided.EdgeDetectionDataset({"data_per_class": 3})
    assert len(dataset) == 9
    assert [label for _, label in dataset] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert all(type(label) is int for _, label in dataset)
    assert {(image.mode, image.size) for image, _ in dataset} == {("L", (28, 28))}


def test_a_transform_receives_the_pil_image_and_gives_what_comes_out():
    dataset = provided.EdgeDetectionDataset({"data_per_class": 1}, transform=lambda image: (image.mode, image.size))
    assert dataset[2] == (("L", (28, 28)), 2)


@given(seed=cases_d.seeds, domain=cases_d.domains(), mode=st.sampled_from(provided.MODES))
@few
def test_the_same_seed_gives_the_same_images_and_every_image_stays_the_same(seed, domain, mode):
    provided.set_seed(seed)
    first = provided.EdgeDetectionDataset({**domain, "data_per_class": 4}, mode)
    second = provided.EdgeDetectionDataset({**domain, "data_per_class": 4}, mode)
    provided.set_seed(seed)
    again = provided.EdgeDetectionDataset({**domain, "data_per_class": 4}, mode)
    assert np.array_equal(arrays(first), arrays(again))
    assert np.array_equal(arrays(first), arrays(first))
    assert not np.array_equal(arrays(first), arrays(second))


def test_a_caller_cannot_change_the_images_of_a_data_set():
    dataset = provided.EdgeDetectionDataset({"data_per_class": 1})
    before = arrays(dataset)
    dataset[0][0].putpixel((3, 3), 255 - int(before[0, 3, 3]))
    assert np.array_equal(arrays(dataset), before)


@given(seed=cases_d.seeds, domain=cases_d.domains())
@few
def test_training_images_fit_their_domain(seed, domain):
    provided.set_seed(seed)
    for image, label in provided.EdgeDetectionDataset({**domain, "data_per_class": 5}):
        assert oracles_d.misfit(torch.from_numpy(np.asarray(image).copy()).float() / 255, label, domain) == ""


@given(seed=cases_d.seeds, ratio=st.sampled_from((0.3, 0.5, 0.7)))
@few
def test_under_domain_shift_training_and_validation_edges_share_no_row_and_no_column(seed, ratio):
    provided.set_seed(seed)
    border = int(ratio * 28)
    for mode, inside in (("train", range(1, border)), ("valid", range(border, 27))):
        pictures = arrays(provided.EdgeDetectionDataset({"data_per_class": 10, "possible_edge_location_ratio": ratio}, mode))
        for band, across in ((pictures[:10, :, 0], 1), (pictures[10:20, 0, :], 1)):
            places = np.argwhere(band != band.min(axis=across, keepdims=True))[:, 1]
            assert set(places) <= set(inside)
            assert len(np.unique(np.argwhere(band != band.min(axis=across, keepdims=True))[:, 0])) == 10


def test_a_permutation_moves_every_picture_in_the_same_way():
    there = np.random.RandomState(3).permutation(28 * 28)
    domain = {"data_per_class": 4, "class_type": ["both", "diagonal"], "num_classes": 2}
    provided.set_seed(1)
    plain = arrays(provided.EdgeDetectionDataset(domain))
    provided.set_seed(1)
    permuted = provided.EdgeDetectionDataset(
        domain | {"use_permutation": True, "permutater": there, "unpermutater": np.argsort(there)}
    )
    flat = arrays(permuted).reshape(8, -1)
    assert np.array_equal(flat, plain.reshape(8, -1)[:, there])
    assert np.array_equal(flat[:, np.argsort(there)], plain.reshape(8, -1))


@pytest.mark.parametrize(
    ("config", "mode", "words"),
    [
        ({"data_per_clas": 3}, "train", "unknown keys data_per_clas; known are data_per_class"),
        ({}, "test", "mode is 'test' and must be one of train, valid"),
        ({"class_type": ["horizontal", "skew", "none"]}, "train", "class_type names ['skew']"),
        ({"num_classes": 2}, "train", "num_classes is 2 and class_type names 3 classes"),
        ({"data_per_class": 0}, "train", "data_per_class is 0"),
        ({"possible_edge_location_ratio": 0.0}, "train", "leaves no place for an edge"),
        ({"possible_edge_location_ratio": 0.99}, "valid", "leaves no place for an edge"),
        ({"min_edge_width": 5}, "train", "min_edge_width=5 and max_edge_width=4"),
        ({"max_background_intensity": 1.5}, "train", "max_background_intensity=1.5"),
        ({"num_vertical_edge": 0}, "train", "num_vertical_edge is 0"),
        ({"use_permutation": True}, "train", "needs permutater and unpermutater"),
        ({"use_permutation": True, "permutater": [0, 1], "unpermutater": [0, 1]}, "train", "every index from 0 to 783"),
    ],
)
def test_a_domain_that_cannot_be_is_refused_with_a_sentence(config, mode, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        provided.EdgeDetectionDataset(config, mode)


def test_a_permutation_whose_inverse_is_wrong_is_refused():
    there = np.roll(np.arange(784), 1)
    with pytest.raises(ValueError, match="not the inverse"):
        provided.EdgeDetectionDataset({"use_permutation": True, "permutater": there, "unpermutater": there})


# Oracles


def picture(mode="train", index=0, **domain):
    provided.set_seed(5)
    image, label = provided.EdgeDetectionDataset({"data_per_class": 1, **domain}, mode)[index]
    return torch.from_numpy(np.asarray(image).copy()).float() / 255, label


def test_a_misfit_is_named():
    shifted = {"possible_edge_location_ratio": 0.5}
    horizontal, _ = picture(**shifted)
    assert oracles_d.misfit(horizontal, 0, shifted) == ""
    assert "not those of class 'vertical'" in oracles_d.misfit(horizontal, 1, shifted)
    assert oracles_d.misfit(horizontal, 2, shifted) == "there is a band"
    assert "classes" in oracles_d.misfit(horizontal, 3, shifted)
    assert "beyond the training part" in oracles_d.misfit(picture("valid", **shifted)[0], 0, shifted)
    assert "beyond the training part" in oracles_d.misfit(horizontal.flip(0), 0, shifted)
    assert "background" in oracles_d.misfit(2 * horizontal - 1, 0, shifted)
    assert "a band's intensity" in oracles_d.misfit(picture(max_edge_intensity=0.3)[0], 0, {"min_edge_intensity": 0.5})
    assert "are covered" in oracles_d.misfit(picture(min_edge_width=4)[0], 0, {"max_edge_width": 2})
    assert oracles_d.misfit(picture(index=2)[0], 0, {}) == "the bands are not those of class 'horizontal'"


@pytest.mark.parametrize("kernel", range(1, 9))
def test_the_oracle_of_the_convolutional_network_is_a_module_of_torch(kernel):
    model = oracles_d8.SimpleCNN(kernel)
    x = cases_d.pictures(3)
    expected = oracles_d.cnn(x, dict(model.named_parameters()))
    assert torch.allclose(model(x), expected.right, atol=1e-5)
    assert all(values.shape == expected.right.shape for values in expected.mistakes.values())


def test_the_networks_have_the_contracts_numbers_of_parameters():
    shapes = judging_d.cnn_shapes(3, 7, 3)
    assert shapes == {name: tuple(getattr(oracles_d8.SimpleCNN(7), name).weight.shape) for name in ("conv1", "conv2", "fc")}
    for layers, number in ((shapes, 606), (judging_d.mlp_shapes(784, (50, 10), 3), 39_793)):
        assert sum(torch.Size(shape).numel() + shape[0] for shape in layers.values()) == number


def test_the_oracle_of_the_mlp_is_a_stack_of_torch():
    layers = {"fc1": nn.Linear(24, 5), "fc2": nn.Linear(5, 4), "fc3": nn.Linear(4, 3)}
    model = nn.Sequential(nn.Flatten(), layers["fc1"], nn.ReLU(), layers["fc2"], nn.ReLU(), layers["fc3"])
    x = torch.randn(4, 2, 3, 4)
    weights = {f"{name}.{kind}": getattr(layer, kind) for name, layer in layers.items() for kind in ("weight", "bias")}
    assert torch.allclose(model(x), oracles_d.mlp(x, weights).right, atol=1e-6)


OPTIMIZERS = (
    {"optimizer": "sgd", "options": {}},
    {"optimizer": "sgd", "options": {"momentum": 0.9}},
    {"optimizer": "sgd", "options": {"weight_decay": 0.5, "momentum": 0.5}},
    {"optimizer": "groups", "options": {"momentum": 0.9}},
    {"optimizer": "adam", "lr": 0.05},
)


KINDS = ("mlp", "batch_norm", "doubling", "frozen")
# A bias before batch normalisation has no gradient but rounding errors, and Adam makes steps of full length of these.
TRAININGS = [(kind, chosen) for kind in KINDS for chosen in OPTIMIZERS if (kind, chosen["optimizer"]) != ("batch_norm", "adam")]


@pytest.mark.parametrize(("kind", "chosen"), TRAININGS)
def test_the_oracle_trains_as_torchs_own_optimizers_do(kind, chosen):
    run = Run(model=kind, count=14, batch_size=4, seed=3, **chosen)
    model, optimizer, criterion, loader = oracles_d.parts_of(training_fixtures, run)
    each, right = [], 0
    for x, y in loader:
        logits = model(x)
        each += F.cross_entropy(logits, y, reduction="none").tolist()
        right += int((logits.argmax(1) == y).sum())
        optimizer.zero_grad()
        criterion(logits, y).backward()
        optimizer.step()
    epoch = oracles_d.trained(run)
    judging_d.assert_state(training_fixtures.snapshot(model), epoch.after)
    assert epoch.loss == pytest.approx(sum(each) / 14, rel=1e-5)
    assert epoch.accuracy == right / 14


def test_the_oracle_evaluates_in_eval_mode_and_changes_nothing():
    run = Run(model="batch_norm", count=11, batch_size=4, seed=2, classes=4)
    model, _, _, loader = oracles_d.parts_of(training_fixtures, run)
    epoch = oracles_d.evaluated(run)
    judging_d.assert_state(epoch.after, training_fixtures.snapshot(model))
    model.eval()
    logits, labels = model(loader.dataset.tensors[0]), loader.dataset.tensors[1]
    assert epoch.loss == pytest.approx(float(F.cross_entropy(logits, labels).detach()), rel=1e-5)
    for true, predicted in itertools.product(range(4), repeat=2):
        assert epoch.confusion[true, predicted] == ((labels == true) & (logits.argmax(1) == predicted)).sum()


@given(layers=cases_d.networks(frozen=True))
@few
def test_the_convolutions_of_a_nested_network_are_found_by_name(layers):
    model = provided.nest(layers)
    kinds = nn.modules.conv._ConvNd
    found = {
        f"{place}.{name}"
        for place, module in model.named_modules()
        if isinstance(module, kinds)
        for name, _ in module.named_parameters(recurse=False)
    }
    assert set(oracles_d.convolution_parameters(layers)) == found


# d8


@given(accuracies=st.lists(st.integers(0, 150).map(lambda n: n / 150), min_size=5, max_size=5))
@few
def test_training_ends_early_only_where_the_points_are_known(accuracies):
    final = oracles_d8.points_fraction(median(accuracies))
    for number in range(1, 6):
        known = accuracies[:number]
        if oracles_d8.is_decided(known, 5):
            assert oracles_d8.points_fraction(median([*known, *[1.0] * (5 - number)])) == final
    assert oracles_d8.is_decided(accuracies, 5)


def test_the_points_begin_at_the_contracts_thresholds():
    assert [oracles_d8.points_fraction(value) for value in (0.649, 0.65, 0.799, 0.80, 1.0)] == [0, 0.5, 0.5, 1, 1]


def test_training_is_the_same_every_time_and_leaves_random_numbers_and_threads_alone():
    config = oracles_d8.Config(lr=0.1, num_epochs=3, kernel_size=5)
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    expected = random.random(), np.random.rand(), float(torch.rand(()))
    threads = torch.get_num_threads()
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    first = oracles_d8.validation_accuracies(config, seeds=(0, 1))
    assert (random.random(), np.random.rand(), float(torch.rand(()))) == expected
    assert torch.get_num_threads() == threads
    torch.rand(5)
    assert oracles_d8.validation_accuracies(config, seeds=(0, 1)) == first


def test_a_rate_at_which_the_weights_explode_ends_at_once_with_a_guess():
    config = oracles_d8.Config(lr=1e30, num_epochs=1000, kernel_size=5)
    assert oracles_d8.validation_accuracies(config, seeds=(0,)) == [1 / 3]


@pytest.mark.slow
@pytest.mark.parametrize(("lr", "num_epochs", "kernel_size"), [(0.03, 200, 5), (0.1, 100, 5), (0.03, 200, 7), (0.1, 100, 9)])
def test_several_sensible_settings_earn_full_points(lr, num_epochs, kernel_size):
    config = oracles_d8.Config(lr=lr, num_epochs=num_epochs, kernel_size=kernel_size)
    accuracies = oracles_d8.validation_accuracies(config)
    assert oracles_d8.points_fraction(median([*accuracies, *[0.0] * (5 - len(accuracies))])) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (None, "no dict"),
        ([("lr", 0.1)], "no dict"),
        ({"lr": 0.1, "num_epochs": 3}, "lack kernel_size"),
        ({"lr": 0.0, "num_epochs": 3, "kernel_size": 3}, "lr is no number above 0"),
        ({"lr": float("nan"), "num_epochs": 3, "kernel_size": 3}, "lr is no number above 0"),
        ({"lr": float("inf"), "num_epochs": 3, "kernel_size": 3}, "lr is no number above 0"),
        ({"lr": "0.1", "num_epochs": 3, "kernel_size": 3}, "lr is no number above 0"),
        ({"lr": 0.1, "num_epochs": 0, "kernel_size": 3}, "num_epochs is 0"),
        ({"lr": 0.1, "num_epochs": 1001, "kernel_size": 3}, "num_epochs is 1001"),
        ({"lr": 0.1, "num_epochs": 2.0, "kernel_size": 3}, "num_epochs is no int"),
        ({"lr": 0.1, "num_epochs": 3, "kernel_size": 16}, "kernel_size is 16"),
    ],
)
def test_settings_that_cannot_be_trained_are_refused_with_a_sentence(settings, words):
    with pytest.raises(CheckFailure, match=re.escape(words)):
        judging_d.config_of(settings, strict=True)


def test_settings_may_hold_any_numbers_and_more_than_was_asked_for():
    got = {"lr": torch.tensor(0.5), "num_epochs": np.int64(7), "kernel_size": torch.tensor(5), "why": "tried"}
    expected = oracles_d8.Config(lr=0.5, num_epochs=7, kernel_size=5)
    assert judging_d.config_of(got, strict=True) == expected
    assert judging_d.config_of({**got, "num_epochs": 7.0}, strict=False) == expected


# Whole hand-ins


def graded(path, assignment, sandbox, *questions):
    job = Job(assignment=assignment, path=path, hidden=True, seed=5, questions=questions, profile=Profile.QUICK)
    report = grade(job, sandbox=sandbox)
    assert not report.faults
    return report


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_correct_hand_in_loses_nothing_however_it_is_written(path, conv_nets, sandbox):
    report = graded(path, conv_nets, sandbox, *PART_D)
    lost = {
        check.id: f"{check.verdict}: {check.message} at {check.counterexample}"
        for question in report.score.questions
        for check in question.checks
        if check.verdict not in ("pass", "not run")
    }
    assert lost == {}
    assert (report.score.points, report.score.not_run) == (22, 3)  # the quick profile leaves the training of d8 out


CLASSIC = {  # variant -> what the report must say
    "d2_softmax_at_the_end": "a softmax is applied",
    "d4_gradients_never_cleared": "the gradients of earlier batches were not cleared",
    "d4_loss_averaged_over_batches": "averaged over batches, not samples",
    "d5_loss_averaged_over_batches": "averaged over batches, not samples",
    "d5_rows_and_columns_swapped": "rows and columns are swapped",
}


@pytest.mark.parametrize("name", list(CLASSIC))
def test_a_classic_mistake_is_called_by_its_name(name, conv_nets, sandbox, tmp_path):
    variant = (WRONG / f"{name}.py").read_text(encoding="utf-8")
    tmp_path.joinpath("conv_nets.py").write_text(GOOD[-1].read_text(encoding="utf-8") + "\n\n" + variant, encoding="utf-8")
    report = graded(tmp_path / "conv_nets.py", conv_nets, sandbox, name[:2])
    lost = [check for question in report.score.questions for check in question.checks if check.verdict.is_lost]
    assert lost
    assert all(CLASSIC[name] in check.message for check in lost)
