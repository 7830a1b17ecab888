"""Comparisons that only part D of `conv_nets` needs: loaders, networks, epochs, settings for training."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from assignments.conv_nets import oracles_d, oracles_d8
from assignments.conv_nets.cases_d import SIDE
from grader.checks.calling import BoundHandle
from grader.checks.comparing import ATOL, RTOL, as_float, as_int, assert_close, assert_float, assert_tensor, fail
from grader.checks.showing import show

Batch = tuple[torch.Tensor, torch.Tensor]


# Loaders


def loaders_of(got: object, counts: Sequence[int]) -> dict[int, Any]:
    """The answer is a dict with one loader for each count; returns it."""
    wanted = f"a dict with the keys {sorted(counts)}"
    if not isinstance(got, dict):
        fail("the loaders do not come in a dict", expected=wanted, got=got)
    assert isinstance(got, dict)
    if set(got) != set(counts):
        fail("the keys are not the numbers of images per class", expected=wanted, got=f"the keys {list(got)}")
    return got


def batches_of(drained: object) -> list[Batch]:
    """Every batch is a pair of tensors with as many images (B, 1, H, W) as labels (B,); returns them."""
    batches = drained if isinstance(drained, list) else []
    if not batches:
        fail("the loader yields nothing", expected="batches (images, labels)", got=drained)
    for batch in batches:
        if not isinstance(batch, tuple) or len(batch) != 2 or not all(isinstance(part, torch.Tensor) for part in batch):
            fail("a batch is not a pair (images, labels) of tensors", expected="(images, labels)", got=batch)
        images, labels = batch
        if images.ndim != 4 or tuple(images.shape[1:]) != (1, SIDE, SIDE) or tuple(labels.shape) != (len(images),):
            shapes = f"images {tuple(images.shape)}, labels {tuple(labels.shape)}"
            fail("a batch has other shapes", expected=f"images (B, 1, {SIDE}, {SIDE}), labels (B,)", got=shapes)
    return batches


def labels_of(batches: Sequence[Batch]) -> list[int]:
    """Return the labels of all batches, one after the other; they are whole numbers."""
    labels = torch.cat([labels for _, labels in batches])
    if labels.is_floating_point() or labels.is_complex():
        fail(f"the labels are {labels.dtype}", expected="labels of dtype torch.int64", got=labels)
    return [int(label) for label in labels.tolist()]


def images_of(batches: Sequence[Batch]) -> list[bytes]:
    """Return every image of all batches as something that can be counted."""
    return [image.numpy().tobytes() for images, _ in batches for image in images]


def epochs_of(provided: Any, loader: Any, number: int = 2) -> list[list[Batch]]:
    """Return the batches of so many epochs of a loader."""
    return [batches_of(provided.drain(loader)) for _ in range(number)]


# Networks


def fill_with_other_weights(model: BoundHandle, seed: int) -> None:
    """Give a submission's network weights of the judge's, so that every layer and its relu matter."""
    chance = torch.Generator().manual_seed(seed)
    state = {
        name: torch.randn(value.shape, generator=chance) / max(1, value[:1].numel()) ** 0.5
        if value.is_floating_point() and value.ndim
        else value
        for name, value in model.state().items()
    }
    model.attribute("load_state_dict")(state)


def weights_of(model: BoundHandle, layers: Sequence[str]) -> dict[str, torch.Tensor]:
    """Return weight and bias of the layers that the contract names; one without a bias has one of zeros."""
    weights = {}
    for name in layers:
        layer = model.attribute(name)
        weight, bias = layer.attribute("weight"), layer.attribute("bias")
        if not isinstance(weight, torch.Tensor):
            fail(f"{name} has no weight that is a tensor", expected=f"{name}.weight of a torch layer", got=weight)
        weights[f"{name}.weight"] = weight
        weights[f"{name}.bias"] = bias if isinstance(bias, torch.Tensor) else torch.zeros(len(weight))
    return weights


def assert_network(
    model: object,
    shapes: Mapping[str, tuple[int, ...]],
    network: Callable[[torch.Tensor, oracles_d.Weights], oracles_d.Logits],
    x: torch.Tensor,
) -> None:
    """The answer is a module whose named layers have weights of these shapes, and its logits are those of the layers in order."""
    if not isinstance(model, BoundHandle):
        fail("no module came", expected="a torch.nn.Module", got=model)
    assert isinstance(model, BoundHandle)
    model(x)  # a lazy layer has no weights before
    fill_with_other_weights(model, seed=len(x))
    got = model(x)
    weights = weights_of(model, list(shapes))
    for name, shape in shapes.items():
        came = tuple(weights[f"{name}.weight"].shape)
        if came != shape:
            fail(f"the weight of {name} has the shape {came}", expected=f"{name}.weight of shape {shape}", got=f"shape {came}")
    logits, scale = network(x, weights), size_of(weights, x)
    for message, values in logits.mistakes.items():
        if _agree(got, values) and not _agree(got, logits.right):
            fail(message, expected=logits.right, got=got)
    assert_close(got, logits.right, scale=scale)


def _agree(got: object, expected: torch.Tensor) -> bool:
    return isinstance(got, torch.Tensor) and got.shape == expected.shape and torch.allclose(got.float(), expected, RTOL, ATOL)


def size_of(weights: oracles_d.Weights, x: torch.Tensor) -> float:
    """Return how large the sums in a network can get: the input's largest element times the layers' sums of weights."""
    size = float(x.abs().max())
    for name, value in weights.items():
        if name.endswith("weight"):
            size = size * float(value.abs().flatten(1).sum(1).max()) + float(weights[name.replace("weight", "bias")].abs().max())
    return size


def cnn_shapes(num_filters: int, kernel_size: int, num_classes: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of d2's layers."""
    kernel = (kernel_size, kernel_size)
    return {"conv1": (num_filters, 1, *kernel), "conv2": (num_filters, num_filters, *kernel), "fc": (num_classes, num_filters)}


def mlp_shapes(inputs: int, hidden_dims: tuple[int, int], num_classes: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of d3's layers."""
    first, second = hidden_dims
    return {"fc1": (first, inputs), "fc2": (second, first), "fc3": (num_classes, second)}


def assert_parameters(provided: Any, model: BoundHandle, expected: int, x: torch.Tensor) -> None:
    """The module has so many parameters in all, after it has seen x (a lazy layer has none before)."""
    model(x)
    seen = provided.snapshot(model)["parameters"]
    number = sum(value.numel() for value in seen.values())
    sizes = ", ".join(f"{name} {value.numel()}" for name, value in seen.items())
    if number != expected:
        fail(f"{number} parameters came where {expected} should", expected=expected, got=f"{number}: {sizes}")


# Epochs


def numbers_of(got: object, number: int, names: str) -> tuple[Any, ...]:
    """The answer is a tuple of so many things, the first two of them numbers; returns it with those as floats."""
    if not isinstance(got, tuple) or len(got) != number:
        fail(f"the answer is not {names}", expected=names, got=got)
    assert isinstance(got, tuple)
    loss, accuracy = as_float(got[0]), as_float(got[1])
    if loss is None or accuracy is None:
        fail(f"the answer is not {names}, with numbers", expected=names, got=got)
    return loss, accuracy, *got[2:]


def evaluated_by(solution: Any, provided: Any, parts: Sequence[Any], **options: Any) -> tuple[Any, ...]:
    """Return what the submission's evaluation of a model gives; `parts` are model, optimizer, criterion, loader.

    The grad mode that it leaves behind costs the check of that and nothing else.
    """
    model, _, criterion, loader = parts
    try:
        got = solution.evaluate(model, criterion, loader, **options)
    finally:
        provided.grad_mode(True)
    return numbers_of(got, 3, "(loss, accuracy, confusion)")


def assert_loss(got: float, expected: oracles_d.Epoch) -> None:
    """The loss is the mean over samples; a mean of another kind is named."""
    losses, sizes = expected.losses, expected.sizes
    mistakes = {
        "the loss is averaged over batches, not samples: the small last batch counts as much as a large one": sum(losses)
        / len(losses),
        "the loss is the sum over batches; divide the sum over samples by their number": sum(losses),
        "the loss is the sum over samples; divide it by their number": expected.loss * sum(sizes),
        "the loss is that of the last batch alone": losses[-1],
        "the batches' mean losses are added up and divided by the number of samples": sum(losses) / sum(sizes),
    }
    if not _is_near(got, expected.loss):
        for message, value in mistakes.items():
            if _is_near(got, value):
                fail(message, expected=f"loss {expected.loss:.6g}", got=f"loss {got:.6g}")
    assert_float(got, expected.loss)


def assert_accuracy(got: float, expected: oracles_d.Epoch) -> None:
    """The accuracy is the fraction of right predictions."""
    if not _is_near(got, expected.accuracy):
        if _is_near(got, 100 * expected.accuracy):
            fail("the accuracy is in percent", expected=f"accuracy {expected.accuracy:.6g}", got=f"accuracy {got:.6g}")
        if _is_near(got, expected.accuracy * sum(expected.sizes)):
            fail("the accuracy is a number of samples and no fraction", expected=expected.accuracy, got=got)
    assert_float(got, expected.accuracy)


def _is_near(value: float, expected: float) -> bool:
    return abs(value - expected) <= ATOL + RTOL * abs(expected)


def assert_state(
    got: Mapping[str, Any], expected: Mapping[str, Any], *, mistakes: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """A model's parameters and buffers (of a snapshot) are those expected; a mistake that leads to what came is named."""
    wrong = _first_difference(got, expected)
    if wrong is None:
        return
    for message, state in (mistakes or {}).items():
        if _first_difference(got, state) is None:
            fail(message, expected=_shown(expected, wrong), got=_shown(got, wrong))
    fail(f"{wrong[1]} differs afterwards", expected=_shown(expected, wrong), got=_shown(got, wrong))


def _first_difference(got: Mapping[str, Any], expected: Mapping[str, Any]) -> tuple[str, str] | None:
    for kind in ("parameters", "buffers"):
        for name, value in expected[kind].items():
            came = got[kind][name]
            near = torch.allclose(came.double(), value.double(), rtol=RTOL, atol=ATOL * max(1.0, float(value.abs().max())))
            if came.shape != value.shape or not near:
                return kind, name
    return None


def _shown(state: Mapping[str, Any], where: tuple[str, str]) -> str:
    kind, name = where
    return f"{name} = {show(state[kind][name])}"


def matrix_of(got: object, expected: torch.Tensor) -> torch.Tensor:
    """The answer is a matrix, tensor or array, as large as the one expected; returns it."""
    size = len(expected)
    tensor = torch.from_numpy(got.copy()) if isinstance(got, np.ndarray) and got.dtype.kind in "iufb" else got
    if not isinstance(tensor, torch.Tensor):
        fail("the confusion matrix is no tensor or array", expected=_wanted(expected), got=got)
    assert isinstance(tensor, torch.Tensor)
    if tuple(tensor.shape) != (size, size):
        message = f"the confusion matrix is {tuple(tensor.shape)} and there are {size} logits"
        fail(message, expected=_wanted(expected), got=tensor.tolist())
    return tensor


def assert_confusion(got: object, expected: torch.Tensor) -> None:
    """The matrix is int64, as large as the number of logits, rows true and columns predicted."""
    tensor = matrix_of(got, expected)
    if not torch.equal(expected, expected.T) and torch.equal(tensor.long(), expected.T):
        fail("rows and columns are swapped: rows are the true classes", expected=_wanted(expected), got=tensor.tolist())
    assert_tensor(tensor, shape=tuple(expected.shape), dtype=torch.int64)
    if not torch.equal(tensor, expected):
        fail("the counts differ", expected=_wanted(expected), got=tensor.tolist())


def _wanted(expected: torch.Tensor) -> str:
    return f"int64 {tuple(expected.shape)}, rows true, columns predicted: {expected.tolist()}"


# Frozen layers


def assert_trainable(got: Mapping[str, bool], expected: Mapping[str, bool]) -> None:
    """Each parameter is trained or not as expected."""
    for name, wanted in expected.items():
        if got[name] != wanted:
            should = "should be trained and is frozen" if wanted else "should be frozen and is trained"
            fail(f"{name} {should}", expected=f"{name}.requires_grad = {wanted}", got=f"{name}.requires_grad = {got[name]}")


# Permutations


def assert_moved(got: object, images: torch.Tensor, permutation: torch.Tensor) -> None:
    """The pixels of every image and channel have changed places by the permutation, in one of its two directions."""
    flat = images.flatten(2)
    ways = [flat[:, :, order].reshape(images.shape) for order in (permutation, torch.argsort(permutation))]
    came = assert_tensor(got, shape=tuple(images.shape), dtype=images.dtype)
    if not any(torch.equal(came, way) for way in ways):
        still = torch.equal(came, images)
        message = "the pixels have not moved" if still else "not every image and channel is permuted by this permutation"
        fail(message, expected=f"{show(ways[0])} (or, in the other direction, {show(ways[1])})", got=got)


# Settings for training


def config_of(got: object, *, strict: bool) -> oracles_d8.Config:
    """The answer is a dict with legal values; returns them. Unless `strict`, a whole number may come as a float."""
    wanted = f"a dict with lr > 0, num_epochs from 1 to {oracles_d8.MAX_EPOCHS}, kernel_size from 1 to {oracles_d8.MAX_KERNEL}"
    if not isinstance(got, dict):
        fail("the settings are no dict", expected=wanted, got=got)
    assert isinstance(got, dict)
    missing = [name for name in ("lr", "num_epochs", "kernel_size") if name not in got]
    if missing:
        fail(f"the settings lack {', '.join(missing)}", expected=wanted, got=got)
    lr = as_float(got["lr"])
    if lr is None or not 0 < lr < math.inf:
        fail("lr is no number above 0", expected=wanted, got=got)
    assert lr is not None
    epochs = _whole(got, "num_epochs", oracles_d8.MAX_EPOCHS, wanted, strict=strict)
    kernel = _whole(got, "kernel_size", oracles_d8.MAX_KERNEL, wanted, strict=strict)
    return oracles_d8.Config(lr=lr, num_epochs=epochs, kernel_size=kernel)


def _whole(got: Mapping[Any, Any], name: str, most: int, wanted: str, *, strict: bool) -> int:
    number, real = as_int(got[name]), as_float(got[name])
    if number is None and real is not None and real.is_integer() and not strict:
        number = int(real)
    if number is None:
        fail(f"{name} is no int", expected=wanted, got=got)
    assert number is not None
    if not 1 <= number <= most:
        fail(f"{name} is {number} and must be from 1 to {most}: training would take too long", expected=wanted, got=got)
    return number
