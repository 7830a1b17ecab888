"""The bodies of the checks that train whole networks, or run on a device that not every machine has.

They take the device as an argument, so that our own tests can run them on the CPU.
"""

from __future__ import annotations

import time
from typing import Any

import torch

from assignments.intro_to_training.cases import Data, Training
from assignments.intro_to_training.digits import digits
from assignments.intro_to_training.judging import made, numbers_of, pair_of
from assignments.intro_to_training.trainings import evaluated, trained
from grader.checks.calling import BoundHandle
from grader.checks.comparing import assert_tensor, fail

# Contract, q5: "same losses as on the CPU to 1e-2". A GPU multiplies float32 by TensorFloat-32 where it may, with ten bits of
# mantissa: 1e-3 of each product, and less of a sum.
DEVICE_TOLERANCE = 1e-2
DATA = Data(count=28, batch_size=6)

# q7. Adam with a rate that falls to nearly nothing, on every digit twice in an epoch, in batches of 16: 326 steps in all. The
# reference's accuracy with twenty seeds was 0.960 to 0.988: that a right solution gets 0.90 is no matter of luck.
FULL, HALF = 0.90, 0.80
RATE, REPEATS, BATCH_SIZE, EPOCHS = 2e-3, 2, 16, 2

# q8
LARGE_BATCH, LARGE_COUNT = 256, 2048
REPETITIONS = 3


def assert_trains_on(solution: Any, provided: Any, device: str) -> None:
    """`train_epoch` trains on the device, from a model and data on the CPU."""
    for training in (Training(data=DATA), Training(data=DATA, model="conv", lr=0.05)):
        model, *others = training.make(provided)
        got = numbers_of(solution.train_epoch(model, *others, device=device, log_every=1), "the list of losses")
        _assert_near(got, trained(training).losses[0], f"the losses on {device}")
        _assert_lies_on(provided, model, device)


def assert_evaluates_on(solution: Any, provided: Any, device: str) -> None:
    """`evaluate` runs on the device, from a model and data on the CPU."""
    training = Training(data=DATA, model="conv")
    model, loader, _, criterion = training.make(provided)
    got = pair_of(solution.evaluate(model, loader, criterion, device=device), "(loss, accuracy)")
    scores = evaluated(training, DATA)
    numbers = numbers_of(list(got), "(loss, accuracy)")
    _assert_near(numbers[:1], (scores.loss,), f"the loss on {device}")
    # A logit that is nearly as large as the largest may win on another device: one sample of the data.
    if abs(numbers[1] - scores.accuracy) > 1.5 / DATA.count:
        fail(f"the accuracy on {device} is not that on the CPU", expected=f"{scores.accuracy:.4g}", got=f"{numbers[1]:.4g}")
    _assert_lies_on(provided, model, device)


def _assert_near(got: list[float], expected: tuple[float, ...], what: str) -> None:
    near = len(got) == len(expected) and all(
        abs(a - b) <= DEVICE_TOLERANCE * max(1.0, abs(b)) for a, b in zip(got, expected, strict=True)
    )
    if not near:
        fail(f"{what} are not those on the CPU", expected=[round(number, 4) for number in expected], got=got)


def _assert_lies_on(provided: Any, model: BoundHandle, device: str) -> None:
    wrong = {name: place for name, place in provided.snapshot(model)["devices"].items() if place != torch.device(device).type}
    if wrong:
        fail(f"after the call the model is not on {device}: model.to(device)", expected=device, got=wrong)


def assert_digits_are_learned(solution: Any, provided: Any) -> None:
    """The submission's CNN, trained by its `fit`, recognises digits whose labels never left the judge."""
    data = digits()
    provided.start_afresh()
    model = network_of(solution, provided)
    pictures, labels = data.pictures.repeat(REPEATS, 1, 1, 1), data.labels.repeat(REPEATS)
    loader = provided.tensor_loader(pictures, labels, BATCH_SIZE, 1)
    seen = provided.tensor_loader(data.pictures[:200], data.labels[:200], 100)
    optimizer = provided.decaying_adam(model, RATE, EPOCHS * -(-len(labels) // BATCH_SIZE))
    solution.fit(model, loader, seen, optimizer, provided.make_criterion(), EPOCHS)
    provided.set_mode(model, False)
    right = 0
    for asked, labels in zip(data.hidden_pictures.split(100), data.hidden_labels.split(100), strict=True):
        logits = assert_tensor(model(asked), shape=(len(labels), 10), dtype=None)
        right += int((logits.argmax(1) == labels).sum())
    accuracy = right / len(data.hidden_labels)
    if accuracy < FULL:
        half = accuracy >= HALF
        fail(
            f"{accuracy:.1%} of {len(data.hidden_labels)} unseen digits are recognised",
            expected=f"{FULL:.0%} (half of the points from {HALF:.0%} on)",
            got=f"{accuracy:.1%}",
            fraction=0.5 if half else 0.0,
        )


def network_of(solution: Any, provided: Any) -> BoundHandle:
    """Make the submission's CNN, or the judge's own network where that stands in: it comes as a list of layers."""
    value = solution.CNN()
    return made(value if isinstance(value, BoundHandle) else provided.stack_of(value), "CNN")


def assert_network_trains_on(solution: Any, provided: Any, device: str) -> None:
    """An epoch on the device lowers the loss of the CNN on the data that it is trained on."""
    things = _cnn_training(solution, provided, count=640, batch_size=32)
    losses = numbers_of(solution.train_epoch(*things, device=device, log_every=1), "the list of losses")
    first, last = sum(losses[:5]) / 5, sum(losses[-5:]) / 5
    if not last < 0.9 * first:
        fail("an epoch does not lower the loss", expected=f"the last losses well below {first:.3g}", got=f"{last:.3g}")
    _assert_lies_on(provided, things[0], device)


def assert_epoch_is_faster(solution: Any, provided: Any, device: str) -> None:
    """An epoch on the device takes less time than one on the CPU; the first one on the device is not counted."""
    seconds = {}
    for place in ("cpu", device):
        things = _cnn_training(solution, provided, count=LARGE_COUNT, batch_size=LARGE_BATCH)
        solution.train_epoch(*things, device=place)
        seconds[place] = min(_epoch_s(solution, things, place) for _ in range(REPETITIONS))
    if not seconds[device] < seconds["cpu"]:
        fail(
            f"an epoch on {device} is not faster than on the CPU",
            expected=f"less than {seconds['cpu']:.3f} s",
            got=f"{seconds[device]:.3f} s",
        )


def _epoch_s(solution: Any, things: tuple[Any, ...], device: str) -> float:
    start = time.monotonic()
    solution.train_epoch(*things, device=device)
    return time.monotonic() - start


def _cnn_training(solution: Any, provided: Any, *, count: int, batch_size: int) -> tuple[Any, ...]:
    provided.start_afresh()
    model = network_of(solution, provided)
    loader = provided.make_loader(count, batch_size, shape=(1, 28, 28), classes=10)
    return model, loader, provided.make_optimizer(model, "adam", 1e-3), provided.make_criterion()
