"""Hidden checks of part D of `conv_nets`: other options, modes, what must not change, and training of our own."""

from __future__ import annotations

from statistics import median

import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets import oracles_d, oracles_d8
from assignments.conv_nets import provided as course
from assignments.conv_nets.cases_d import Shuffle, domains, networks, optimizers, pictures, runs, shuffles
from assignments.conv_nets.judging_d import (
    assert_accuracy,
    assert_loss,
    assert_moved,
    assert_network,
    assert_state,
    assert_trainable,
    batches_of,
    cnn_shapes,
    config_of,
    epochs_of,
    evaluated_by,
    images_of,
    labels_of,
    loaders_of,
    matrix_of,
    mlp_shapes,
    numbers_of,
)
from grader.checks.calling import Callback
from grader.checks.comparing import assert_tensor, assert_unchanged, fail, same
from grader.checks.marking import question
from grader.checks.strategies import small_examples

PAIR = "(loss, accuracy)"


# d1: loaders


@question("d1")
@given(batch_size=st.integers(1, 9), count=st.integers(1, 5))
@small_examples
def check_batches_have_the_size_that_was_asked_for(solution, provided, batch_size, count):
    """All batches hold batch_size images, but for the last where they do not come out even (contract, d1)."""
    loaders = loaders_of(solution.make_loaders([count], batch_size=batch_size), [count])
    sizes = [len(labels) for _, labels in batches_of(provided.drain(loaders[count]))]
    whole, rest = divmod(sum(sizes), batch_size)
    wanted = [batch_size] * whole + [rest] * (rest > 0)
    if sizes != wanted:
        fail("the batches have other sizes", expected=f"sizes {wanted}", got=f"sizes {sizes}")


@question("d1")
def check_the_order_is_new_in_every_epoch(solution, provided):
    """A training loader is shuffled: the classes are mixed, and a second epoch comes in another order (contract, d1).

    60 images: that a shuffled epoch comes in the order of the classes has a chance of less than 1e-26.
    """
    loaders = loaders_of(solution.make_loaders([20]), [20])
    first, second = epochs_of(provided, loaders[20])
    if labels_of(first) == sorted(labels_of(first)):
        fail("the images come class by class: the loader is not shuffled", expected="classes mixed", got=labels_of(first))
    if images_of(first) == images_of(second):
        fail(
            "both epochs come in the same order", expected="another order in each epoch", got="the same images in the same order"
        )


@question("d1")
def check_each_image_comes_once_in_every_epoch(solution, provided):
    """Every epoch yields the same images, each once (contract, d1)."""
    loaders = loaders_of(solution.make_loaders([20], min_background_intensity=0.1), [20])
    first, second = (sorted(images_of(epoch)) for epoch in epochs_of(provided, loaders[20]))
    if first != second:
        same_images = len(set(first) & set(second))
        got = f"{same_images} different images of the first epoch in the second"
        fail("a second epoch yields other images", expected=f"the same {len(first)} images", got=got)


@question("d1")
@given(domain=domains())
@small_examples
def check_images_are_training_images_of_the_domain_asked_for(solution, provided, domain):
    """Bands have the directions, widths, intensities and places of `domain`, in mode="train" (EdgeDetectionDataset)."""
    loaders = loaders_of(solution.make_loaders([5], 4, **domain), [5])
    for images, labels in batches_of(provided.drain(loaders[5])):
        for image, label in zip(images, labels.tolist(), strict=True):
            complaint = oracles_d.misfit(image[0], label, domain)
            if complaint:
                names = (course.DEFAULT_DOMAIN | domain)["class_type"]
                shown = {key: value for key, value in domain.items() if not key.endswith("permutater")}
                fail(f"an image does not fit: {complaint}", expected=f"class_type {names}, {shown}, mode='train'", got=image[0])


@question("d1")
def check_loaders_share_no_images(solution, provided):
    """Each count has a data set of its own (contract, d1); a band of random place, width and intensities is hardly met twice."""
    counts = [4, 9]
    loaders = loaders_of(solution.make_loaders(counts), counts)
    few, many = (
        {image.numpy().tobytes() for images, labels in batches_of(provided.drain(loaders[count])) for image in images[labels < 2]}
        for count in counts
    )
    if len(few & many) > len(few) // 2:
        got = f"{len(few & many)} of its {len(few)} images with bands are images of loaders[{counts[1]}]"
        fail(f"loaders[{counts[0]}] has no data set of its own", expected="other images for each count", got=got)


# d2, d3: networks


@question("d2")
@given(filters=st.integers(1, 5), kernel=st.integers(1, 8), classes=st.integers(2, 5))
@small_examples
def check_logits_with_any_options_even_kernels_too(solution, filters, kernel, classes):
    """Padding is (k - 1) // 2, also where that makes the picture smaller, and pooling is over all positions (contract, d2)."""
    model = solution.SimpleCNN(num_filters=filters, kernel_size=kernel, num_classes=classes)
    assert_network(model, cnn_shapes(filters, kernel, classes), oracles_d.cnn, pictures(3, seed=kernel))


@question("d2")
def check_a_batch_of_one_picture_keeps_its_axis(solution):
    """The logits of one picture are (1, num_classes) (contract, d2)."""
    assert_tensor(solution.SimpleCNN(num_filters=2)(pictures(1)), shape=(1, 3), dtype=torch.float32)


@question("d3")
@given(sides=st.tuples(*[st.integers(1, 5)] * 3), hidden=st.tuples(*[st.integers(1, 6)] * 2), classes=st.integers(2, 5))
@small_examples
def check_logits_for_pictures_of_any_size(solution, sides, hidden, classes):
    """The network takes inputs (B, *input_dim), B = 1 included, and has a relu after fc1 and fc2 alone (contract, d3)."""
    channels, height, width = sides
    model = solution.ThreeLayerMLP(input_dim=sides, hidden_dims=hidden, num_classes=classes)
    x = pictures(1 + classes % 2, side=height, width=width, channels=channels, seed=height)
    assert_network(model, mlp_shapes(channels * height * width, hidden, classes), oracles_d.mlp, x)


# d4: training


@question("d4")
@given(run=runs(batches=2, ragged=False, lr=2.0))
@small_examples
def check_the_books_are_kept_while_training(solution, provided, run):
    """Loss and accuracy are those of the predictions before each step, not of another pass (contract, d4)."""
    loss, accuracy = numbers_of(solution.train_one_epoch(*oracles_d.parts_of(provided, run)), 2, PAIR)
    expected = oracles_d.trained(run)
    assert_accuracy(accuracy, expected)
    assert_loss(loss, expected)


@question("d4")
@given(run=runs(batches=1, models=("batch_norm", "doubling")))
@small_examples
def check_the_model_trains_in_training_mode(solution, provided, run):
    """A model that comes in eval mode is trained in training mode: batch normalisation moves its buffers, too."""
    parts = oracles_d.parts_of(provided, run)
    provided.set_mode(parts[0], False)
    solution.train_one_epoch(*parts)
    assert_state(provided.snapshot(parts[0]), oracles_d.trained(run).after)


@question("d4")
@given(run=runs(batches=1, lr=0.0, criterion="smooth"))
@small_examples
def check_the_criterion_given_is_used(solution, provided, run):
    """The loss is that of the criterion that was handed over, here with label smoothing."""
    loss, _ = numbers_of(solution.train_one_epoch(*oracles_d.parts_of(provided, run)), 2, PAIR)
    assert_loss(loss, oracles_d.trained(run))


@question("d4")
@given(settings=optimizers, data=st.data())
@small_examples
def check_the_optimizer_given_makes_the_step(solution, provided, settings, data):
    """The step is that of the optimizer that was handed over, with its state, groups and rates (torch.optim)."""
    run = data.draw(runs(batches=1, **settings))
    parts = oracles_d.parts_of(provided, run)
    solution.train_one_epoch(*parts, device="cpu")
    assert_state(provided.snapshot(parts[0]), oracles_d.trained(run).after)


@question("d4")
@given(run=runs(batches=1, lr=0.0))
@small_examples
def check_a_second_epoch_starts_its_books_anew(solution, provided, run):
    """Loss and accuracy are those of this call's epoch alone (contract, d4)."""
    model, optimizer, criterion, loader = oracles_d.parts_of(provided, run)
    solution.train_one_epoch(model, optimizer, criterion, oracles_d.parts_of(provided, oracles_d.other(run))[3])
    loss, accuracy = numbers_of(solution.train_one_epoch(model, optimizer, criterion, loader), 2, PAIR)
    expected = oracles_d.trained(run)
    assert_accuracy(accuracy, expected)
    assert_loss(loss, expected)


# d5: evaluation


@question("d5")
@given(run=runs(batches=1, models=("doubling",), classes=4))
@small_examples
def check_the_model_is_evaluated_in_eval_mode(solution, provided, run):
    """Dropout, batch normalisation and the like are switched to eval mode, whatever mode the model comes in."""
    loss, _, _ = evaluated_by(solution, provided, oracles_d.parts_of(provided, run), device="cpu")
    expected, wrong = oracles_d.evaluated(run), oracles_d.evaluated(run, training=True)
    if abs(loss - wrong.loss) < abs(loss - expected.loss):
        fail("the model was in training mode", expected=f"loss {expected.loss:.6g}", got=f"loss {loss:.6g}")
    assert_loss(loss, expected)


@question("d5")
@given(run=runs(batches=2, classes=5, data_classes=2))
@small_examples
def check_a_class_without_samples_has_its_row_and_column(solution, provided, run):
    """The confusion matrix is as large as the number of logits even when a class is missing in the data (contract, d5)."""
    _, _, confusion = evaluated_by(solution, provided, oracles_d.parts_of(provided, run))
    matrix_of(confusion, oracles_d.evaluated(run).confusion)


@question("d5")
@given(run=runs(batches=2, models=("batch_norm", "frozen")))
@small_examples
def check_evaluation_changes_nothing_in_the_model(solution, provided, run):
    """Parameters, buffers and what is trained stay as they were, and nothing is added to the gradients (contract, d5)."""
    parts = oracles_d.parts_of(provided, run)
    provided.set_gradients(provided.set_mode(parts[0], False), 0.25)
    before = provided.snapshot(parts[0])
    evaluated_by(solution, provided, parts)
    after = provided.snapshot(parts[0])
    for kind in ("parameters", "buffers", "gradients", "requires_grad"):
        for name, value in before[kind].items():
            came = after[kind][name]
            is_cleared = kind == "gradients" and (came is None or not came.any())  # which the contract does not forbid
            if not same(value, came) and not is_cleared:
                fail(f"evaluation changed {name} ({kind})", expected=value, got=came)


@question("d5")
@given(run=runs(batches=2))
@small_examples
def check_autograd_does_not_record_an_evaluation(solution, provided, run):
    """While the model runs autograd records nothing: no memory is spent on a graph that nobody uses (contract, d5)."""
    parts = oracles_d.parts_of(provided, run)
    recorded = []
    look = Callback("lambda module, args, output: None", lambda module, args, output: recorded.append(provided.grad_mode()))
    parts[0].attribute("register_forward_hook")(look)
    evaluated_by(solution, provided, parts)
    if any(recorded):
        got = "torch.is_grad_enabled() is True while the model runs"
        fail("autograd recorded the evaluation", expected="inside `with torch.no_grad():` or the like", got=got)


@question("d5")
@given(run=runs(batches=1), enabled=st.booleans())
@small_examples
def check_grad_mode_is_left_as_it_was_found(solution, provided, run, enabled):
    """Autograd records after an evaluation if and only if it did before (contract, d5)."""
    model, _, criterion, loader = oracles_d.parts_of(provided, run)
    provided.grad_mode(enabled)
    try:
        solution.evaluate(model, criterion, loader)
        after = provided.grad_mode()
    finally:
        provided.grad_mode(True)
    if after != enabled:
        state = {True: "switched on", False: "switched off"}
        fail("evaluate leaves the grad mode changed", expected=f"gradients {state[enabled]}", got=f"gradients {state[after]}")


# d6: frozen layers


@question("d6")
@given(layers=networks())
@small_examples
def check_convolutions_of_all_kinds_at_any_depth_are_frozen(solution, provided, layers):
    """Conv1d to Conv3d, their transposed counterparts and classes derived from them, in blocks in blocks (contract, d6)."""
    trained = _trained_after(solution, provided, layers)
    convolutions = oracles_d.convolution_parameters(layers)
    assert_trainable(trained, {name: False for name in convolutions if name.endswith("weight")})


@question("d6")
@given(layers=networks(frozen=True))
@small_examples
def check_other_layers_stay_as_they_are(solution, provided, layers):
    """Every parameter outside of convolutions is trained or frozen as before: nothing is switched on (contract, d6)."""
    before = provided.snapshot(provided.nest(layers))["requires_grad"]
    convolutions = oracles_d.convolution_parameters(layers)
    trained = _trained_after(solution, provided, layers)
    assert_trainable(trained, {name: value for name, value in before.items() if name not in convolutions})


@question("d6")
@given(layers=networks(bias=False, depth=0))
@small_examples
def check_convolutions_without_a_bias_are_frozen(solution, provided, layers):
    """A convolution layer may have no bias (torch.nn.Conv2d(..., bias=False))."""
    trained = _trained_after(solution, provided, layers)
    assert_trainable(trained, dict.fromkeys(oracles_d.convolution_parameters(layers), False))


def _trained_after(solution, provided, layers):
    model = provided.nest(layers)
    solution.freeze_conv_layers(model)
    return provided.snapshot(model)["requires_grad"]


# d7: permutations


@question("d7")
@given(case=shuffles(square=False))
@small_examples
def check_pictures_need_not_be_square(solution, case: Shuffle):
    """Height and width may differ; positions are counted row by row."""
    assert_moved(solution.permute_pixels(case.images, case.permutation), case.images, case.permutation)
    assert_moved(solution.unpermute_pixels(case.images, case.permutation), case.images, case.permutation)


@question("d7")
@given(dtype=st.sampled_from((torch.uint8, torch.bool, torch.int64, torch.float64)), data=st.data())
@small_examples
def check_permuting_keeps_the_dtype(solution, dtype, data):
    """Pixels of any dtype change places without being changed themselves."""
    case = data.draw(shuffles(dtype=dtype))
    for function in (solution.permute_pixels, solution.unpermute_pixels):
        assert_tensor(function(case.images, case.permutation), shape=tuple(case.images.shape), dtype=dtype)


@question("d7", law=True)
@given(case=shuffles())
@small_examples
def check_permuting_leaves_the_images_alone(solution, case: Shuffle):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.permute_pixels, case.images, case.permutation)
    assert_unchanged(solution.unpermute_pixels, case.images, case.permutation)


# d8: training of our own


@question("d8", weight=3, full=True)
def check_the_settings_train_a_network_under_domain_shift(solution):
    """The median validation accuracy of five networks of ours is at least 0.80 (half of the points: 0.65)."""
    accuracies = oracles_d8.validation_accuracies(config_of(solution.best_config(), strict=False))
    known = [*accuracies, *[1.0] * (len(oracles_d8.SEEDS) - len(accuracies))]
    fraction = oracles_d8.points_fraction(median(known))
    if fraction < 1:
        reached = ", ".join(f"{accuracy:.2f}" for accuracy in accuracies)
        wanted = f"a median of at least {oracles_d8.FULL_ACCURACY:.2f} (half of the points from {oracles_d8.HALF_ACCURACY:.2f})"
        message = f"the median validation accuracy is below {oracles_d8.FULL_ACCURACY:.2f}"
        fail(message, expected=wanted, got=f"validation accuracies {reached}, seed after seed", fraction=fraction)
