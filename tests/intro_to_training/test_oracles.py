"""What the judge of `intro_to_training` works out for itself agrees with torch's own modules, optimizers and counts."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from assignments import training_fixtures
from assignments.intro_to_training import cases, oracles
from assignments.intro_to_training.cases import HERE, OPTIMIZERS, WITH_MODES, Data, Training
from assignments.intro_to_training.judging import PARAMETER_TOLERANCE
from assignments.intro_to_training.trainings import evaluated, trained
from grader.checks.comparing import assert_close

few = settings(deadline=None, max_examples=20)
MLP = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
CNN = nn.Sequential(
    *(nn.Conv2d(1, 32, 3, 1, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(), nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU()),
    *(nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)),
)


@pytest.mark.parametrize(("model", "shapes", "count"), [(MLP, oracles.MLP_SHAPES, 109_386), (CNN, oracles.CNN_SHAPES, 101_578)])
def test_the_shapes_are_those_of_the_contracts_networks(model, shapes, count):
    assert tuple(tuple(value.shape) for value in model.parameters()) == shapes
    assert sum(torch.Size(shape).numel() for shape in shapes) == count


@pytest.mark.parametrize(
    ("model", "network", "shapes"), [(MLP, oracles.mlp, oracles.MLP_SHAPES), (CNN, oracles.cnn, oracles.CNN_SHAPES)]
)
@pytest.mark.parametrize("seed", [0, 5])
def test_the_networks_are_those_of_torchs_modules(model, network, shapes, seed):
    weights = oracles.random_weights(shapes, seed)
    training_fixtures.fill(model, weights)
    x = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
    assert_close(network(x, weights), model(x).detach())


def test_the_convolutional_network_takes_every_side():
    weights = oracles.random_weights(oracles.CNN_SHAPES, 1)
    training_fixtures.fill(CNN, weights)
    for side in (8, 9, 17, 40):
        x = torch.randn(2, 1, side, side)
        assert_close(oracles.cnn(x, weights), CNN(x).detach(), scale=10)


@pytest.mark.parametrize(
    "how",
    [
        {"optimizer": "sgd", "lr": 0.1},
        {"optimizer": "sgd", "lr": 0.1, "options": {"momentum": 0.9}},
        {"optimizer": "sgd", "lr": 0.1, "options": {"weight_decay": 0.2, "momentum": 0.5}},
        {"optimizer": "groups", "lr": 0.1, "options": {"momentum": 0.5}},
        {"optimizer": "adam", "lr": 0.01},
    ],
    ids=str,
)
@pytest.mark.parametrize("model", ["mlp", "nested", "frozen", "batch_norm"])
def test_the_steps_are_those_of_torchs_optimizers(how, model):
    if model == "batch_norm" and how["optimizer"] == "adam":
        pytest.skip("Adam makes a whole step of a gradient that should be zero, such as a bias before a normalisation")
    training = Training(data=Data(count=16, batch_size=6), model=model, **how)
    expected = trained(training, epochs=3)
    own = training.make_model(HERE)
    optimizer = HERE.make_optimizer(own, training.optimizer, training.lr, **training.options)
    losses = []
    for _ in range(3):
        for x, y in training.data.make(HERE):
            optimizer.zero_grad()
            loss = HERE.make_criterion()(own(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert list(itertools.chain(*expected.losses)) == pytest.approx(losses, abs=PARAMETER_TOLERANCE)
    for name, value in own.named_parameters():
        assert torch.allclose(expected.end[name], value.detach(), atol=PARAMETER_TOLERANCE), name


def in_double_precision(training, epochs):
    """Return the parameters after training with twice as many digits."""
    model = training.make_model(HERE).double()
    descent = oracles.Descent(model, training.optimizer, training.lr, **training.options)
    batches = [(x.double(), y if y.dtype == torch.int64 else y.double()) for x, y in training.data.make(HERE)]
    for _ in range(epochs):
        oracles.epoch_losses(model, batches, descent, HERE.make_criterion(training.criterion))
    return {name: value.detach() for name, value in model.named_parameters()}


@given(
    data=st.one_of(cases.even_data(), cases.uneven_data(), cases.even_data(min_size=5, max_batches=4)),
    model=st.sampled_from(("mlp", "nested", "batch_norm", "doubling")),
    seed=cases.seeds,
    how=st.sampled_from(({}, *OPTIMIZERS)),
)
@settings(deadline=None, max_examples=40, derandomize=True)
def test_rounding_stays_far_below_the_tolerance_for_parameters(data, model, seed, how):
    if model in WITH_MODES:  # as in the checks: plain steps, batches that are not tiny
        data, how = Data(count=data.batches * 6, batch_size=6, seed=data.seed), {}
    training = Training(data=data, model=model, seed=seed, **how)
    exact = in_double_precision(training, epochs=2)
    for name, value in exact.items():
        rounded = trained(training, epochs=2).end[name].double()
        assert bool(((rounded - value).abs() <= 0.5 * PARAMETER_TOLERANCE * (1 + value.abs())).all()), name


def test_gradients_that_pile_up_lead_elsewhere():
    training = Training(data=Data(count=12, batch_size=3))
    assert trained(training).losses[0][0] == trained(training, clears=False).losses[0][0]
    assert abs(trained(training).losses[0][-1] - trained(training, clears=False).losses[0][-1]) > 1e-3


def test_an_evaluation_counts_batches_for_the_loss_and_samples_for_the_accuracy():
    scores = oracles.Scores(losses=(1.0, 1.0, 4.0), right=(4, 4, 0), sizes=(4, 4, 2))
    assert scores.loss == 2.0
    assert scores.accuracy == 0.8


@pytest.mark.parametrize("model", ["doubling", "batch_norm", "dropout"])
def test_models_with_modes_show_in_which_one_they_are(model):
    training = Training(data=Data(count=12, batch_size=4), model=model)
    own = training.make_model(HERE)
    losses = [HERE.make_criterion()(own(x), y).item() for x, y in training.data.make(HERE)]
    assert abs(sum(losses) / len(losses) - evaluated(training, training.data).loss) > 1e-3


@given(data=cases.uneven_data())
@few
def test_uneven_data_have_a_smaller_last_batch_of_at_least_two(data):
    sizes = [len(y) for _, y in data.make(HERE)]
    assert len(sizes) == data.batches
    assert len(set(sizes[:-1])) == 1
    assert 2 <= sizes[-1] < sizes[0]


@given(data=cases.even_data(min_batches=3, max_batches=4))
@few
def test_even_data_have_batches_of_one_size(data):
    sizes = [len(y) for _, y in data.make(HERE)]
    assert len(set(sizes)) == 1
    assert len(sizes) in (3, 4)


@pytest.mark.parametrize(("model", "macs"), [(MLP, 109_184), (CNN, 7_459_968)])
def test_the_work_of_the_contracts_networks_is_the_contracts(model, macs):
    work = oracles.work_of(model, (1, 28, 28))
    assert work.least == macs
    assert work.least < work.most < 1.02 * macs


@given(network=st.one_of(cases.convolutional_networks(), cases.convolutional_networks(plain=False)))
@few
def test_no_network_of_a_check_lets_flops_or_a_batch_pass_for_the_right_count(network):
    work = oracles.work_of(HERE.stack_of(network.layers), network.shape)
    assert 0 < work.least < work.most < 1.3 * work.least


@given(network=cases.convolutional_networks(plain=False))
@few
def test_the_work_is_that_of_torchs_own_counter(network):
    from torch.utils.flop_counter import FlopCounterMode

    model = HERE.stack_of(network.layers).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *network.shape))
    assert counter.get_total_flops() == 2 * oracles.work_of(model, network.shape).least
