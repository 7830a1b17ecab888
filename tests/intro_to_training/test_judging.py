"""What only `intro_to_training` compares: the classic mistakes are named, and numbers of every kind are numbers."""

from __future__ import annotations

import gzip
from array import array

import numpy as np
import pytest
import torch

from assignments.intro_to_training import judging, oracles
from assignments.intro_to_training.digits import digits
from assignments.intro_to_training.oracles import Scores, Twist, Work
from assignments.intro_to_training.provided import MEAN, STD, mnist_loaders
from grader.checks.comparing import CheckFailure

SCORES = Scores(losses=(1.0, 2.0, 4.5), right=(3, 2, 2), sizes=(4, 4, 2))


def refused(work):
    with pytest.raises(CheckFailure) as caught:
        work()
    return caught.value.message


@pytest.mark.parametrize(
    "numbers", [[1.0, 2.0], (1, 2), np.array([1.0, 2.0]), torch.tensor([1.0, 2.0]), [np.float32(1), torch.tensor(2.0)]]
)
def test_a_list_of_numbers_may_be_of_any_kind(numbers):
    assert judging.numbers_of(numbers, "it") == [1.0, 2.0]
    judging.assert_numbers(numbers, [1.0, 2.0], "it")
    judging.assert_whole_numbers(numbers, [1, 2], "it")


@pytest.mark.parametrize("nothing", [None, 3.0, {"a": 1}, "12", np.ones((2, 2)), array("d", [1.0])])
def test_what_is_no_list_is_refused(nothing):
    assert refused(lambda: judging.numbers_of(nothing, "it")) == "it is no list"
    assert "holds" in refused(lambda: judging.numbers_of([1.0, "2"], "it"))


def test_a_known_mistake_is_named_before_a_difference():
    hints = {"it is doubled": [2.0, 4.0]}
    assert refused(lambda: judging.assert_numbers([2.0, 4.0], [1.0, 2.0], "it", hints=hints)) == "it is doubled"
    assert refused(lambda: judging.assert_numbers([2.0, 5.0], [1.0, 2.0], "it", hints=hints)) == "it: the numbers differ"
    assert refused(lambda: judging.assert_numbers([2.0], [1.0, 2.0], "it", hints=hints)) == "it has 1 entries and should have 2"


@pytest.mark.parametrize("message", [*judging.mistaken_losses(SCORES)])
def test_each_mistaken_loss_is_named_and_still_is_a_loss_of_these_batches(message):
    value = judging.mistaken_losses(SCORES)[message]
    got = refused(lambda: judging.assert_number(value, SCORES.loss, "the loss", hints=judging.mistaken_losses(SCORES)))
    assert got == message
    if message != "this is the accuracy: the loss comes first":
        judging.assert_losses_of((value, 0.5), SCORES, "data")


@pytest.mark.parametrize("message", [*judging.mistaken_accuracies(SCORES)])
def test_each_mistaken_accuracy_is_named(message):
    value = judging.mistaken_accuracies(SCORES)[message]
    hints = judging.mistaken_accuracies(SCORES)
    got = refused(lambda: judging.assert_number(value, SCORES.accuracy, "the accuracy", hints=hints))
    assert hints[got] == value


@pytest.mark.parametrize("numbers", [(3.3, 0.7), (float("nan"), 0.7), (None, None), ("1", "2")])
def test_other_losses_are_not_those_of_these_batches(numbers):
    assert "is not that of data" in refused(lambda: judging.assert_losses_of(numbers, SCORES, "data"))


def test_a_pair_may_be_a_list_or_a_tensor_and_nothing_else():
    assert judging.pair_of((1.0, 2.0), "(a, b)") == (1.0, 2.0)
    assert judging.pair_of([1.0, 2.0], "(a, b)") == (1.0, 2.0)
    assert tuple(map(float, judging.pair_of(torch.tensor([1.0, 2.0]), "(a, b)"))) == (1.0, 2.0)
    for other in (None, 1.0, (1.0,), (1.0, 2.0, 3.0), {"a": 1, "b": 2}):
        assert "no pair" in refused(lambda other=other: judging.pair_of(other, "(a, b)"))


@pytest.mark.parametrize("message", [*judging.MISTAKES])
def test_each_twist_of_a_network_is_found_and_named(message):
    twist = judging.MISTAKES[message]
    network, shapes = (oracles.mlp, oracles.MLP_SHAPES) if "second layer" in message else (oracles.cnn, oracles.CNN_SHAPES)
    weights, x = oracles.random_weights(shapes, 3), torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    got = network(x, weights, twist)
    assert judging.twist_of(got, network, x, weights) is not None
    told = refused(lambda: judging.assert_logits(got, network, x, weights))
    assert _same_twist(judging.MISTAKES[told], twist, network)


def _same_twist(left: Twist, right: Twist, network):
    """Two twists that are one in a network of fewer layers have one message."""
    weights = oracles.random_weights(oracles.MLP_SHAPES if network is oracles.mlp else oracles.CNN_SHAPES, 3)
    x = torch.randn(4, 1, 28, 28)
    return torch.equal(network(x, weights, left), network(x, weights, right))


def test_right_logits_are_taken_and_wrong_ones_are_not():
    weights, x = oracles.random_weights(oracles.MLP_SHAPES, 0), torch.randn(4, 1, 28, 28)
    judging.assert_logits(oracles.mlp(x, weights), oracles.mlp, x, weights)
    assert judging.twist_of(oracles.mlp(x, weights), oracles.mlp, x, weights) is None
    assert "differ" in refused(lambda: judging.assert_logits(oracles.mlp(x, weights) + 1, oracles.mlp, x, weights))


class Provided:
    """The two functions of `provided` that load weights, over one real module."""

    def __init__(self, *parameters):
        self.parameters = parameters  # pairs of name and shape
        self.filled = {}

    def snapshot(self, model):
        return {"parameters": {name: torch.zeros(shape) for name, shape in self.parameters}}

    def fill(self, model, tensors):
        self.filled = dict(zip([name for name, _ in self.parameters], tensors, strict=True))


def test_weights_find_their_places_by_shape_and_biases_beside_their_weights():
    weights = [torch.randn(64, 128), torch.ones(64), torch.randn(10, 64), torch.ones(10)]
    names = ("last.weight", (10, 64)), ("last.bias", (10,)), ("odd", (64,)), ("first.weight", (64, 128)), ("first.bias", (64,))
    provided = Provided(*names)
    judging.load_weights(provided, None, weights)
    assert provided.filled["first.weight"] is weights[0]
    assert provided.filled["first.bias"] is weights[1]
    assert provided.filled["last.weight"] is weights[2]
    assert not provided.filled["odd"].any()


def test_weights_that_lie_transposed_are_filled_in_transposed():
    weights = [torch.randn(128, 784), torch.ones(128)]
    provided = Provided(("w", (784, 128)), ("b", (128,)))
    judging.load_weights(provided, None, weights)
    assert torch.equal(provided.filled["w"], weights[0].T)


def test_a_weight_without_a_place_is_named_by_its_shape():
    told = refused(lambda: judging.load_weights(Provided(("w", (784, 64))), None, [torch.randn(128, 784), torch.ones(128)]))
    assert told == "the model has no parameter of shape (128, 784)"


WORK = Work(least=1000, most=1100, params=50)


@pytest.mark.parametrize("macs", [1000, 1050.0, np.int64(1100), torch.tensor(1024)])
def test_counts_from_the_cheapest_to_the_dearest_way_are_taken(macs):
    judging.assert_macs(macs, WORK)


@pytest.mark.parametrize(
    ("macs", "batch", "words"),
    [
        (2000, 1, "FLOPs"),
        (2200, 1, "FLOPs"),
        (4000, 4, "whole batch of 4"),
        (999, 1, "999"),
        (1101, 1, "1,101"),
        ("1000", 1, "no number"),
    ],
)
def test_other_counts_are_refused_and_the_mistake_is_named(macs, batch, words):
    assert words in refused(lambda: judging.assert_macs(macs, WORK, batch=batch))


def test_a_model_that_changed_or_did_not_is_told():
    start, end = {"w": torch.zeros(2)}, {"w": torch.ones(2)}
    judging.assert_parameters(end, end, start)
    assert "has not changed" in refused(lambda: judging.assert_parameters(start, end, start))
    hints = {"piled up": {"w": torch.full((2,), 3.0)}}
    assert refused(lambda: judging.assert_parameters({"w": torch.full((2,), 3.0)}, end, start, hints=hints)) == "piled up"
    assert "w for one" in refused(lambda: judging.assert_parameters({"w": torch.full((2,), 2.0)}, end, start))
    nan = {"w": torch.tensor([1.0, float("nan")])}
    assert "w for one" in refused(lambda: judging.assert_parameters(nan, end, start))


def test_a_history_without_a_key_says_which():
    assert refused(lambda: judging.history_of({"a": 1}, "train_steps")) == "the history has no key 'train_steps'"
    assert refused(lambda: judging.history_of([1], "train_steps")) == "the history is no dict"


def test_the_digits_of_the_judge_are_normalised_apart_and_of_all_ten_kinds():
    data = digits()
    assert tuple(data.pictures.shape) == (1297, 1, 28, 28)
    assert tuple(data.hidden_pictures.shape) == (500, 1, 28, 28)
    assert float(data.pictures.min()) == pytest.approx(-MEAN / STD)
    assert float(data.pictures.max()) <= (1 - MEAN) / STD + 1e-6
    assert set(data.labels.tolist()) == set(data.hidden_labels.tolist()) == set(range(10))


def idx(values):
    """Return an array of bytes in the format of MNIST's files, compressed as they are handed out."""
    header = bytes([0, 0, 8, values.ndim]) + b"".join(int(n).to_bytes(4, "big") for n in values.shape)
    return header + values.astype(np.uint8).tobytes()


def test_the_courses_loaders_read_torchvisions_folder_and_normalise(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    random = np.random.default_rng(0)
    sizes = {"train": 10, "t10k": 6}
    pictures = {name: random.integers(0, 256, (count, 28, 28)) for name, count in sizes.items()}
    for name, count in sizes.items():
        for kind, values in (("images-idx3", pictures[name]), ("labels-idx1", np.arange(count) % 10)):
            (raw / f"{name}-{kind}-ubyte").write_bytes(idx(values))
            (raw / f"{name}-{kind}-ubyte.gz").write_bytes(gzip.compress(idx(values)))
    train, test = mnist_loaders(tmp_path, batch_size=4)
    assert [len(y) for _, y in train] == [4, 4, 2]
    ((x, y), _) = list(test)
    assert x.dtype == torch.float32
    assert y.tolist() == [0, 1, 2, 3]
    assert torch.allclose(x[0, 0] * STD + MEAN, torch.from_numpy(pictures["t10k"][0] / 255).float(), atol=1e-6)
