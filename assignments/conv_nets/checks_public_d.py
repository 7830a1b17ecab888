"""Public checks of part D of `conv_nets`: loaders, networks, training and evaluation, on small cases."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets import oracles_d
from assignments.conv_nets.cases_d import Shuffle, counts_per_class, pictures, runs, shuffles
from assignments.conv_nets.judging_d import (
    assert_accuracy,
    assert_confusion,
    assert_loss,
    assert_moved,
    assert_network,
    assert_parameters,
    assert_state,
    assert_trainable,
    batches_of,
    cnn_shapes,
    config_of,
    evaluated_by,
    labels_of,
    loaders_of,
    mlp_shapes,
    numbers_of,
)
from grader.checks.comparing import assert_tensor, fail
from grader.checks.marking import question
from grader.checks.strategies import small_examples

PAIR = "(loss, accuracy)"


@question("d1")
@given(counts=counts_per_class())
@small_examples
def check_each_loader_has_its_number_of_images_of_each_class(solution, provided, counts):
    """`loaders[n]` yields n images of each class in an epoch, the last batch included (contract, d1)."""
    loaders = loaders_of(solution.make_loaders(counts), counts)
    for count in counts:
        seen = Counter(labels_of(batches_of(provided.drain(loaders[count]))))
        wanted = {label: count for label in range(3)}
        if seen != wanted:
            fail(
                f"loaders[{count}] yields other numbers of images",
                expected=f"{wanted} by label",
                got=f"{dict(sorted(seen.items()))}",
            )


@question("d1")
def check_images_are_floats_between_0_and_1(solution, provided):
    """Images are float32 and lie in [0, 1], where 1 is white (contract, d1)."""
    loaders = loaders_of(solution.make_loaders([12], min_edge_intensity=1), [12])
    for images, _ in batches_of(provided.drain(loaders[12])):
        least, most = float(images.min()), float(images.max())
        if not 0 <= least <= most <= 1:
            fail("the images leave [0, 1]", expected="values from 0 to 1", got=f"values from {least:.4g} to {most:.4g}")
        assert_tensor(images, shape=tuple(images.shape), dtype=oracles_d.IMAGE_DTYPE)


@question("d2")
def check_the_default_network_has_three_filters_of_seven_by_seven(solution, provided):
    """SimpleCNN() has 3 filters of 7 x 7 in each convolution, 3 classes, and the logits of its layers in order (contract, d2)."""
    assert_network(solution.SimpleCNN(), cnn_shapes(3, 7, 3), oracles_d.cnn, pictures(2))


@question("d2")
@given(filters=st.integers(1, 5), kernel=st.sampled_from((1, 3, 5)), classes=st.integers(2, 4))
@small_examples
def check_the_convolutional_network_has_no_other_parameters(solution, provided, filters, kernel, classes):
    """With F filters of k x k and C classes: (k*k + 1)F in conv1, (F*k*k + 1)F in conv2, (F + 1)C in fc."""
    model = solution.SimpleCNN(num_filters=filters, kernel_size=kernel, num_classes=classes)
    expected = (kernel**2 + 1) * filters + (filters * kernel**2 + 1) * filters + (filters + 1) * classes
    assert_parameters(provided, model, expected, pictures(2))


@question("d3")
def check_the_default_mlp_has_hidden_layers_of_ten(solution, provided):
    """ThreeLayerMLP() goes 784 - 10 - 10 - 3 with a relu after fc1 and fc2 (contract, d3)."""
    assert_network(solution.ThreeLayerMLP(), mlp_shapes(28 * 28, (10, 10), 3), oracles_d.mlp, pictures(2))


@question("d3")
@given(hidden=st.tuples(st.integers(1, 50), st.integers(1, 20)))
@small_examples
def check_the_mlp_has_no_other_parameters(solution, provided, hidden):
    """With hidden_dims (m, n): (784 + 1)m in fc1, (m + 1)n in fc2, (n + 1)3 in fc3; 39,793 for (50, 10)."""
    expected = 785 * hidden[0] + (hidden[0] + 1) * hidden[1] + (hidden[1] + 1) * 3
    assert_parameters(provided, solution.ThreeLayerMLP(hidden_dims=hidden), expected, pictures(2))


@question("d4", weight=2)
@given(run=runs(batches=3))
@small_examples
def check_each_batch_makes_one_step_with_its_own_gradient(solution, provided, run):
    """After an epoch the parameters are those of one SGD step for each batch, gradients cleared before each (contract, d4)."""
    parts = oracles_d.parts_of(provided, run)
    numbers_of(solution.train_one_epoch(*parts), 2, PAIR)
    mistakes = {
        "the gradients of earlier batches were not cleared": oracles_d.trained(run, clears=False).after,
        "the parameters have not changed: no step was made": oracles_d.trained(run, steps=False).after,
    }
    assert_state(provided.snapshot(parts[0]), oracles_d.trained(run).after, mistakes=mistakes)


@question("d4", weight=2)
@given(run=runs(batches=3, lr=0.0))
@small_examples
def check_the_training_loss_is_a_mean_over_samples(solution, provided, run):
    """The loss of an epoch weighs every sample alike, those of the smaller last batch too (here with lr=0)."""
    loss, _ = numbers_of(solution.train_one_epoch(*oracles_d.parts_of(provided, run)), 2, PAIR)
    assert_loss(loss, oracles_d.trained(run))


@question("d5", weight=2)
@given(run=runs(batches=3))
@small_examples
def check_the_evaluation_is_a_mean_over_samples(solution, provided, run):
    """Loss and accuracy weigh every sample alike, those of the smaller last batch too (contract, d5)."""
    loss, accuracy, _ = evaluated_by(solution, provided, oracles_d.parts_of(provided, run))
    expected = oracles_d.evaluated(run)
    assert_loss(loss, expected)
    assert_accuracy(accuracy, expected)


@question("d5", weight=2)
@given(run=runs(batches=3))
@small_examples
def check_rows_of_the_confusion_matrix_are_the_true_classes(solution, provided, run):
    """confusion[t, p] counts the samples of class t that were predicted as p, int64 (contract, d5)."""
    _, _, confusion = evaluated_by(solution, provided, oracles_d.parts_of(provided, run))
    assert_confusion(confusion, oracles_d.evaluated(run).confusion)


@question("d6")
def check_weights_and_biases_of_a_small_network_are_frozen(solution, provided):
    """In a network of convolutions, batch normalisation and a linear layer, weight and bias of each convolution are frozen."""
    model = provided.make_model("conv")
    solution.freeze_conv_layers(model)
    trained = {name: not name.startswith(("0.", "3.")) for name in provided.snapshot(model)["parameters"]}
    assert_trainable(provided.snapshot(model)["requires_grad"], trained)


@question("d7")
@given(case=shuffles(batch=2, channels=3))
@small_examples
def check_every_image_and_channel_is_permuted_alike(solution, case: Shuffle):
    """In each image and channel, new[i] = old[permutation[i]], or new[permutation[i]] = old[i], for all positions i."""
    assert_moved(solution.permute_pixels(case.images, case.permutation), case.images, case.permutation)


@question("d7")
@given(case=shuffles())
@small_examples
def check_unpermuting_is_the_inverse_of_permuting(solution, case: Shuffle):
    """unpermute(permute(x, p), p) = x, and permute(unpermute(x, p), p) = x."""
    for first, second in (("permute_pixels", "unpermute_pixels"), ("unpermute_pixels", "permute_pixels")):
        there = getattr(solution, first)(case.images, case.permutation)
        back = getattr(solution, second)(assert_tensor(there, shape=tuple(case.images.shape), dtype=None), case.permutation)
        if not assert_tensor(back, shape=tuple(case.images.shape), dtype=None).equal(case.images.to(back.dtype)):
            fail(f"{second}({first}(x, p), p) is not x", expected=case.images, got=back)


@question("d8", law=True)
def check_the_settings_are_legal(solution):
    """A dict with lr, a number above 0, and the ints num_epochs, 1 to 1000, and kernel_size, 1 to 15."""
    config_of(solution.best_config(), strict=True)
