"""Comparisons that only `intro_to_training` needs; each says which classic mistake an answer looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from assignments.intro_to_training import oracles
from assignments.intro_to_training.oracles import Scores
from grader.checks.calling import BoundHandle
from grader.checks.comparing import ATOL, RTOL, as_float, as_int, assert_close, assert_tensor, fail, same
from grader.checks.figures import DATA_RTOL, Axes, Figure, Series, data_axes, lines_or_scatter
from grader.checks.showing import show

# Contract: "parameters equal the oracle's to 1e-5". Sums of float32 in another order (another number of threads, another
# grouping of parameters) differ by about 1e-7 of their size, and a few dozen steps of a rate of at most 0.1 add up to less
# than 1e-6. Adam divides by the size of a gradient and so makes a whole step of what should be zero: it is asked for on
# models without such parameters only.
PARAMETER_TOLERANCE = 1e-5
CLOCK_SLACK_S = 0.05  # between a runner's clock and ours, of which one may be read a moment later


def made(value: object, name: str) -> BoundHandle:
    """The answer is an object that lives in the runner, such as a model; returns it."""
    if not isinstance(value, BoundHandle):
        fail(f"{name}() gave no model", expected="an instance of a subclass of nn.Module", got=value)
    assert isinstance(value, BoundHandle)
    return value


# Networks


def load_weights(provided: Any, model: BoundHandle, weights: Sequence[torch.Tensor]) -> None:
    """Put these weights into a model's parameters, in the order of their definition.

    Where the order of two layers differs, or a weight lies there transposed, its shape tells what it is; a bias belongs to
    the weight beside it.
    """
    present = provided.snapshot(model)["parameters"]
    filled: dict[str, torch.Tensor] = {}
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        name, value = _place_of(weight, present, filled)
        filled[name] = value
        beside = name.removesuffix("weight") + "bias"
        own = beside if beside != name and beside in present and present[beside].shape == bias.shape else ""
        name, value = (own, bias) if own else _place_of(bias, present, filled)
        filled[name] = value
    provided.fill(model, [filled.get(name, value) for name, value in present.items()])


def _place_of(
    tensor: torch.Tensor, present: Mapping[str, torch.Tensor], filled: Mapping[str, torch.Tensor]
) -> tuple[str, torch.Tensor]:
    for candidate in (tensor, tensor.T if tensor.ndim == 2 else tensor):
        for name, value in present.items():
            if name not in filled and value.shape == candidate.shape:
                return name, candidate
    fail(
        f"the model has no parameter of shape {tuple(tensor.shape)}",
        expected=f"a weight or bias of shape {tuple(tensor.shape)}",
        got=", ".join(f"{name} {tuple(value.shape)}" for name, value in present.items()) or "no parameters",
    )
    raise AssertionError  # `fail` has raised


Network = Callable[..., torch.Tensor]


def assert_logits(got: object, network: Network, x: torch.Tensor, weights: Sequence[torch.Tensor]) -> None:
    """The answer are the logits (B, 10) of this network with these weights."""
    expected = network(x, weights)
    tensor = assert_tensor(got, shape=tuple(expected.shape), dtype=expected.dtype)
    twist = twist_of(tensor, network, x, weights)
    if twist is not None:
        message = next(message for message, known in MISTAKES.items() if known is twist)
        fail(message, expected=expected, got=got)
    assert_close(got, expected, scale=float(expected.abs().max()))


def twist_of(got: torch.Tensor, network: Network, x: torch.Tensor, weights: Sequence[torch.Tensor]) -> oracles.Twist | None:
    """Return the known mistake that explains these logits; None where they are right, or wrong in another way."""
    if _is_near(got, network(x, weights)):
        return None
    return next((twist for twist in MISTAKES.values() if _is_near(got, network(x, weights, twist))), None)


ALL = (True, True, True, True)
MISTAKES = {
    "a softmax is applied to the logits; the loss does that itself": oracles.Twist(logits="softmax"),
    "a log-softmax is applied to the logits; the loss does that itself": oracles.Twist(logits="log_softmax"),
    "a ReLU is applied to the logits, and a logit may be negative": oracles.Twist(logits="relu"),
    "there is no ReLU after the first layer": oracles.Twist(relus=(False, *ALL[1:])),
    "there is no ReLU after the second layer": oracles.Twist(relus=(True, False, True, True)),
    "there is no ReLU after the third convolution": oracles.Twist(relus=(True, True, False, True)),
    "there is no ReLU between the last two linear layers": oracles.Twist(relus=(True, True, True, False)),
    "there is no ReLU at all": oracles.Twist(relus=(False,) * 4),
    "the pooling takes the mean where it should take the maximum": oracles.Twist(pooling="mean"),
}


def _is_near(got: torch.Tensor, expected: torch.Tensor) -> bool:
    if got.shape != expected.shape:
        return False
    scale = max(1.0, float(expected.abs().max()))
    return bool(((got - expected).abs() <= RTOL * expected.abs() + ATOL * scale).all())


def assert_parameter_count(provided: Any, model: BoundHandle, shapes: Sequence[tuple[int, ...]]) -> None:
    """The model has as many parameters as tensors of these shapes have elements."""
    present = provided.snapshot(model)["parameters"]
    expected, got = (sum(torch.Size(shape).numel() for shape in group) for group in (shapes, [v.shape for v in present.values()]))
    if got != expected:
        listed = ", ".join(f"{name} {tuple(value.shape)}" for name, value in present.items()) or "none"
        fail(f"the model has {got:,} parameters and should have {expected:,}", expected=f"{expected:,}", got=f"{got:,}: {listed}")


# Numbers


def numbers_of(got: object, what: str) -> list[float]:
    """The answer is a list of numbers (a tuple, an array or a tensor in one dimension will do); returns them."""
    if isinstance(got, torch.Tensor | np.ndarray) and got.ndim == 1:
        got = got.tolist()
    if not isinstance(got, list | tuple):
        fail(f"{what} is no list", expected="a list of numbers", got=got)
    assert isinstance(got, list | tuple)
    numbers = [as_float(item) for item in got]
    if None in numbers:
        wrong = got[numbers.index(None)]
        fail(f"{what} holds {show(wrong)} where a number should stand", expected="a list of numbers", got=got)
    return [number for number in numbers if number is not None]


def assert_numbers(
    got: object, expected: Sequence[float], what: str, *, hints: Mapping[str, Sequence[float]] | None = None
) -> None:
    """The answer is a list of these numbers; `hints` are lists that come of known mistakes, by what to say of them."""
    numbers = numbers_of(got, what)
    if _are_near(numbers, expected):
        return
    for message, mistaken in (hints or {}).items():
        if _are_near(numbers, mistaken) and not _are_near(mistaken, expected):
            fail(message, expected=_rounded(expected), got=_rounded(numbers))
    if len(numbers) != len(expected):
        fail(
            f"{what} has {len(numbers)} entries and should have {len(expected)}",
            expected=_rounded(expected),
            got=_rounded(numbers),
        )
    fail(f"{what}: the numbers differ", expected=_rounded(expected), got=_rounded(numbers))


def assert_whole_numbers(
    got: object, expected: Sequence[int], what: str, *, hints: Mapping[str, Sequence[int]] | None = None
) -> None:
    """The answer is a list of these ints; a float that is whole will do."""
    numbers = numbers_of(got, what)
    if numbers == list(expected):
        return
    for message, mistaken in (hints or {}).items():
        if numbers == list(mistaken) and list(mistaken) != list(expected):
            fail(message, expected=list(expected), got=got)
    fail(f"{what} is not right", expected=list(expected), got=got)


def _are_near(numbers: Sequence[float], expected: Sequence[float]) -> bool:
    return len(numbers) == len(expected) and all(
        abs(a - b) <= ATOL + RTOL * abs(b) for a, b in zip(numbers, expected, strict=True)
    )


def _rounded(numbers: Sequence[float]) -> str:
    return "[" + ", ".join(f"{number:.6g}" for number in numbers) + "]"


def assert_number(got: object, expected: float, what: str, *, hints: Mapping[str, float] | None = None) -> None:
    """The answer is this number; `hints` are numbers that come of known mistakes, by what to say of them."""
    number = as_float(got)
    if number is None:
        fail(f"{what} is no number", expected=f"{expected:.6g}", got=got)
    assert number is not None
    if _are_near([number], [expected]):
        return
    for message, mistaken in (hints or {}).items():
        if _are_near([number], [mistaken]) and not _are_near([mistaken], [expected]):
            fail(message, expected=f"{what} {expected:.6g}", got=f"{number:.6g}")
    fail(f"{what} is {number:.6g} and should be {expected:.6g}", expected=f"{expected:.6g}", got=f"{number:.6g}")


def pair_of(got: object, names: str) -> tuple[object, object]:
    """The answer is a tuple (or list) of two; returns them."""
    if isinstance(got, torch.Tensor | np.ndarray) and tuple(got.shape) == (2,):
        return got[0], got[1]
    if not isinstance(got, tuple | list) or len(got) != 2:
        fail(f"the answer is no pair {names}", expected=f"a tuple {names}", got=got)
    assert isinstance(got, tuple | list)
    return got[0], got[1]


def mistaken_losses(scores: Scores) -> dict[str, float]:
    """Return what known mistakes make of the batches' losses, by what to say of them."""
    weighted = sum(loss * size for loss, size in zip(scores.losses, scores.sizes, strict=True))
    return {
        "this is the mean over the samples; here each batch counts once": weighted / sum(scores.sizes),
        "this is the sum over the batches and not their mean": sum(scores.losses),
        "this is the loss of the last batch": scores.losses[-1],
        "the sum of the batches' losses is divided by the number of samples": sum(scores.losses) / sum(scores.sizes),
        "this is the accuracy: the loss comes first": scores.accuracy,
    }


def mistaken_accuracies(scores: Scores) -> dict[str, float]:
    """Return what known mistakes make of the batches' numbers of right samples, by what to say of them."""
    of_batches = [right / size for right, size in zip(scores.right, scores.sizes, strict=True)]
    uneven = "this is the mean of the batches' accuracies: the samples of a smaller last batch count more"
    return {
        uneven: sum(of_batches) / len(of_batches),
        "this is a percentage, and a fraction in [0, 1] is asked for": 100 * scores.accuracy,
        "this is the number of right samples and not their fraction": sum(scores.right),
        "this is the accuracy of the last batch": of_batches[-1],
        "the number of right samples is divided by the number of batches": sum(scores.right) / len(scores.sizes),
        "this is the loss: it comes first": scores.loss,
    }


def assert_losses_of(pair: tuple[object, object], scores: Scores, what: str, *, hint: str = "") -> None:
    """One number of the pair is made of these batches' losses; how it should be made of them is another check's matter."""
    known = [scores.loss, *list(mistaken_losses(scores).values())[:-1]]
    if not _is_one_of(pair, known):
        fail(hint or f"the loss is not that of {what}", expected=f"the loss {scores.loss:.6g}", got=pair)


def assert_accuracies_of(pair: tuple[object, object], scores: Scores, what: str) -> None:
    """One number of the pair is made of these numbers of right samples, in whatever way."""
    known = [scores.accuracy, *list(mistaken_accuracies(scores).values())[:-1]]
    if not _is_one_of(pair, known):
        fail(f"the accuracy is not that of {what}", expected=f"the accuracy {scores.accuracy:.6g}", got=pair)


def _is_one_of(pair: tuple[object, object], known: Sequence[float]) -> bool:
    numbers = [number for number in map(as_float, pair) if number is not None]
    return any(_are_near([number], [value]) for number in numbers for value in known)


# Batches and models


def assert_description(got: object, samples: torch.Tensor, labels: torch.Tensor) -> None:
    """The answer is a dict that describes this batch; a list will do for a shape."""
    expected = {
        "sample_shape": tuple(samples.shape),
        "sample_dtype": samples.dtype,
        "label_shape": tuple(labels.shape),
        "label_dtype": labels.dtype,
    }
    for key, value in expected.items():
        found = history_of(got, key, "the answer")
        if (tuple(found) if isinstance(found, list) else found) != value and str(found) != str(value):
            fail(f"{key} is not that of the first batch", expected=value, got=found)


def state_of(provided: Any, model: BoundHandle) -> dict[str, torch.Tensor]:
    """Return a model's parameters and buffers as they are now."""
    now = provided.snapshot(model)
    return {**now["parameters"], **now["buffers"]}


def assert_unchanged_model(after: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Two snapshots of a model agree in all but its mode and device."""
    for key, what in (("parameters", "parameter"), ("gradients", "gradient"), ("requires_grad", "`requires_grad`")):
        for name, value in before[key].items():
            if not same(after[key].get(name), value):
                fail(f"the call changed the {what} of {name}", expected=value, got=after[key].get(name))


def assert_parameters(
    got: Mapping[str, torch.Tensor],
    expected: Mapping[str, torch.Tensor],
    start: Mapping[str, torch.Tensor],
    *,
    hints: Mapping[str, Mapping[str, torch.Tensor]] | None = None,
) -> None:
    """The parameters (and buffers) are these; `start` is how they were before, `hints` what comes of known mistakes."""
    if got.keys() != expected.keys():
        fail("the model has other parameters than before", expected=list(expected), got=list(got))
    wrong = [name for name, value in expected.items() if not _are_same(got[name], value)]
    if not wrong:
        return
    worst = wrong[0]
    if all(torch.equal(got[name], start[name]) for name in got):
        fail("the model that was passed in has not changed", expected=expected[worst], got=got[worst])
    for message, mistaken in (hints or {}).items():
        if all(_are_same(got[name], value) for name, value in mistaken.items()):
            fail(message, expected=expected[worst], got=got[worst])
    fail(
        f"after the call {len(wrong)} of {len(expected)} parameters and buffers are not what they should be, {worst} for one",
        expected=expected[worst],
        got=got[worst],
    )


def _are_same(got: torch.Tensor, expected: torch.Tensor) -> bool:
    if got.shape != expected.shape:
        return False
    difference = (got.double() - expected.double()).abs()
    return bool((difference <= PARAMETER_TOLERANCE * (1 + expected.double().abs())).all())


def history_of(got: object, key: str, what: str = "the history") -> object:
    """The answer is a dict with this key; returns what stands there."""
    if not isinstance(got, dict):
        fail(f"{what} is no dict", expected=f"a dict with the key {key!r}", got=got)
    assert isinstance(got, dict)
    if key not in got:
        fail(f"{what} has no key {key!r}", expected=key, got=list(got))
    return got[key]


# Work


def assert_macs(got: object, work: oracles.Work, *, batch: int = 1) -> None:
    """The answer is a count of multiply-accumulates for one sample."""
    number = as_float(got)
    if number is None:
        fail("the count of multiply-accumulates is no number", expected=_range(work), got=got)
    assert number is not None
    if work.least <= number <= work.most:
        return
    if 2 * work.least <= number <= 2 * work.most:
        message = "this is FLOPs = 2 x MACs: a multiplication and the addition after it are one multiply-accumulate"
    elif batch > 1 and batch * work.least <= number <= batch * work.most:
        message = f"this is the work for a whole batch of {batch}; it should be that for one sample"
    else:
        message = f"{number:,.0f} multiply-accumulates came"
    fail(message, expected=_range(work), got=f"{number:,.0f}")


def _range(work: oracles.Work) -> str:
    return f"{work.least:,}" if work.least == work.most else f"{work.least:,} to {work.most:,}"


def assert_params(got: object, work: oracles.Work) -> None:
    """The answer is the number of parameters; a float that is whole will do."""
    number = as_int(got) if as_int(got) is not None else as_float(got)
    if number != work.params:
        fail("the number of parameters is not right", expected=f"{work.params:,}", got=got)


# Figures


def filled_axes(figure: Figure) -> tuple[Axes, ...]:
    """The figure shows something; returns the Axes that do."""
    axes = data_axes(figure)
    if not axes:
        fail("the figure is empty", expected="training and test losses", got="no lines and no points")
    return axes


def drawn(history: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """Return what a figure of a history shows: x and y by the word that its legend contains."""
    return {name: (history[f"{name}_steps"], history[f"{name}_losses"]) for name in ("train", "test")}


def series_of_losses(figure: Figure, history: Mapping[str, Any]) -> dict[str, Series]:
    """The figure shows both losses of a history, against whatever; returns what shows them by the word for the legend."""
    found = {}
    shown = [series for axes in filled_axes(figure) for series in lines_or_scatter(axes)]
    for name in ("train", "test"):
        losses = np.sort(np.array(history[f"{name}_losses"]))
        fitting = [s for s in shown if s.count == len(losses) and np.allclose(np.sort(s.y), losses, rtol=DATA_RTOL)]
        if not fitting:
            fail(f"no line shows the losses of {name}", expected=_rounded(list(losses)), got=f"{len(shown)} other lines")
        found[name] = fitting[0]
    return found
