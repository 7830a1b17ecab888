"""Hidden checks of `intro_to_training` on what is built and counted: q1, m1, m2, p1."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.intro_to_training import oracles
from assignments.intro_to_training.cases import HERE, convolutional_networks, seeds
from assignments.intro_to_training.judging import (
    assert_description,
    assert_macs,
    load_weights,
    made,
    pair_of,
    twist_of,
)
from grader.checks.comparing import assert_close, assert_tensor, fail, same
from grader.checks.marking import question
from grader.checks.strategies import small_examples

SAMPLE_DTYPES = (torch.float32, torch.float64, torch.uint8, torch.int64)
LABEL_DTYPES = (torch.int64, torch.float32, torch.uint8, torch.bool)
sizes = st.lists(st.integers(1, 5), max_size=3).map(tuple)


@question("q1")
@given(
    count=st.integers(1, 5),
    sample=sizes,
    label=sizes,
    dtypes=st.tuples(st.sampled_from(SAMPLE_DTYPES), st.sampled_from(LABEL_DTYPES)),
)
def check_batches_of_every_kind_are_described(solution, provided, count, sample, label, dtypes):
    """Nothing is assumed of the data: samples and labels of any number of dimensions and any dtype."""
    samples, labels = torch.zeros(2 * count, *sample, dtype=dtypes[0]), torch.zeros(2 * count, *label, dtype=dtypes[1])
    got = solution.describe_batch(provided.tensor_loader(samples, labels, count))
    assert_description(got, samples[:count], labels[:count])


@question("q1")
@given(size=st.integers(2, 6), rest=st.integers(1, 5), is_short=st.booleans())
@small_examples
def check_the_first_batch_is_the_one_described(solution, provided, size, rest, is_short):
    """It is the first batch that counts, not a smaller last one; and the only batch may be smaller than the batch size."""
    rest = min(rest, size - 1)
    count = rest if is_short else size + rest
    samples, labels = torch.zeros(count, 3), torch.zeros(count, dtype=torch.int64)
    got = solution.describe_batch(provided.tensor_loader(samples, labels, size))
    first = min(size, count)
    assert_description(got, samples[:first], labels[:first])


@question("m1", law=True)
@given(seed=seeds, count=st.integers(2, 7))
@small_examples
def check_the_mlp_takes_pictures_without_channels(solution, provided, seed, count):
    """Pictures (B, 28, 28) give the same logits as the same pictures with a channel, (B, 1, 28, 28)."""
    model, x, logits = _eval_logits(solution.MLP, provided, oracles.MLP_SHAPES, count=count, seed=seed)
    assert_close(model(x[:, 0]), logits)


@question("m1", law=True)
def check_the_mlp_takes_a_single_picture(solution, provided):
    """A batch of one picture is a batch: its logits (1, 10) are those of the picture among others."""
    model, x, logits = _eval_logits(solution.MLP, provided, oracles.MLP_SHAPES, count=3, seed=1)
    assert_close(model(x[:1]), logits[:1])


@question("m1", law=True)
def check_the_mlp_is_the_same_in_training(solution, provided):
    """In training mode it gives the same logits as in eval mode: there is no dropout and no normalisation in it."""
    model, x, logits = _eval_logits(solution.MLP, provided, oracles.MLP_SHAPES, count=4, seed=2)
    assert_close(provided.set_mode(model, True)(x), logits)


@question("m2", law=True)
@given(seed=seeds, side=st.integers(8, 40).filter(lambda side: not 25 <= side <= 28))
@small_examples
def check_the_cnn_takes_pictures_of_every_side(solution, provided, seed, side):
    """The pooling is global: for every square picture whose side is at least 8 there are ten logits, and they are right."""
    model, x, logits = _eval_logits(solution.CNN, provided, oracles.CNN_SHAPES, count=2, seed=seed)
    weights = oracles.random_weights(oracles.CNN_SHAPES, seed)
    other = torch.randn(2, 1, side, side, generator=torch.Generator().manual_seed(seed))
    # What is wrong at 28 x 28 as well has cost its points there.
    assert_close(model(other), oracles.cnn(other, weights, twist_of(logits, oracles.cnn, x, weights)), scale=10)


@question("m2", law=True)
def check_the_cnn_takes_a_single_picture(solution, provided):
    """A batch of one picture is a batch: its logits (1, 10) are those of the picture among others."""
    model, x, logits = _eval_logits(solution.CNN, provided, oracles.CNN_SHAPES, count=3, seed=1)
    assert_close(model(x[:1]), logits[:1])


@question("m2", law=True)
def check_the_cnn_is_the_same_in_training(solution, provided):
    """In training mode it gives the same logits as in eval mode: there is no dropout and no normalisation in it."""
    model, x, logits = _eval_logits(solution.CNN, provided, oracles.CNN_SHAPES, count=4, seed=2)
    assert_close(provided.set_mode(model, True)(x), logits)


def _eval_logits(make, provided, shapes, *, count, seed):
    """Return a model in eval mode with random weights, pictures (count, 1, 28, 28), and what it makes of them."""
    x = torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
    model = made(make(), make.name)
    load_weights(provided, model, oracles.random_weights(shapes, seed))
    logits = assert_tensor(provided.set_mode(model, False)(x), shape=(count, 10), dtype=torch.float32)
    return model, x, logits


@question("p1")
@given(network=convolutional_networks(plain=False))
@small_examples
def check_convolutions_cost_their_outputs_times_their_weights(solution, provided, network):
    """Strides, paddings, groups and gaps count as they are; cheap layers (norms, ReLU, pooling, biases) may count or not."""
    got = solution.profile_model(provided.stack_of(network.layers), (1, *network.shape))
    assert_macs(pair_of(got, "(macs, params)")[0], oracles.work_of(HERE.stack_of(network.layers), network.shape))


@question("p1")
@given(network=convolutional_networks(), batch=st.integers(3, 9))
@small_examples
def check_the_count_is_for_one_sample(solution, provided, network, batch):
    """The shape's batch dimension does not multiply the work: the count is for one sample."""
    got = solution.profile_model(provided.stack_of(network.layers), (batch, *network.shape))
    work = oracles.work_of(HERE.stack_of(network.layers), network.shape)
    assert_macs(pair_of(got, "(macs, params)")[0], work, batch=batch)


@question("p1", law=True)
def check_profiling_leaves_the_model_as_it_was(solution, provided):
    """No hooks stay behind, and the state dict has the same names and values, running averages included."""
    layers = (("Conv2d", 3, 8, 3), ("BatchNorm2d", 8), ("ReLU",), ("Flatten",), ("Linear", 8 * 36, 4))
    model = provided.stack_of(layers)
    before = model.state(), provided.count_hooks(model)
    solution.profile_model(model, (1, 3, 8, 8))
    after = model.state(), provided.count_hooks(model)
    changed = [name for name in {**before[0], **after[0]} if not same(before[0].get(name), after[0].get(name))]
    if changed:
        fail(
            f"the call changed the model's state_dict: {', '.join(changed)}",
            expected={name: before[0].get(name) for name in changed},
            got={name: after[0].get(name) for name in changed},
        )
    if after[1] != before[1]:
        fail("the call left hooks on the model", expected=f"{before[1]} hooks", got=f"{after[1]} hooks")
