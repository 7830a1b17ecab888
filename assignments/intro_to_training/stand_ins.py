"""The judge's own functions: they answer for a submission's function that has lost its question when another builds on it.

They run in the judge and drive the objects in the runner call by call: what crosses are batches, losses and "step now". The
submission's process never sees how an epoch is trained. `CNN` gives the layers of a network that learns; the check that asked
for it makes them there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from grader.checks.calling import BoundHandle

MAX_BATCHES = 5000  # of an epoch: a loader that never ends must not keep the judge
MAX_EPOCHS = 100


def train_epoch(
    model: BoundHandle,
    loader: BoundHandle,
    optimizer: BoundHandle,
    criterion: BoundHandle,
    device: str = "cpu",
    log_every: int = 100,
) -> list[float]:
    """Stand in for q3a."""
    _require_objects(model, loader, optimizer, criterion)
    model.attribute("to")(device)
    model.attribute("train")()
    losses = []
    for index, (inputs, targets) in enumerate(_batches(loader, device)):
        optimizer.attribute("zero_grad")()
        loss = criterion.keep(model.keep(inputs), targets)
        loss.attribute("backward")()
        optimizer.attribute("step")()
        if index % int(log_every) == 0:
            losses.append(float(loss.attribute("item")()))
    return losses


def evaluate(model: BoundHandle, loader: BoundHandle, criterion: BoundHandle, device: str = "cpu") -> tuple[float, float]:
    """Stand in for q3b."""
    _require_objects(model, loader, criterion)
    model.attribute("to")(device)
    model.attribute("eval")()
    losses, right, samples = [], 0, 0
    for inputs, targets in _batches(loader, device):
        logits = model.keep(inputs)
        losses.append(float(criterion(logits, targets)))
        found = logits.attribute("argmax")(1)
        right += int((found == targets.attribute("cpu")()).sum())
        samples += len(found)
    return sum(losses) / len(losses), right / samples


def fit(
    model: BoundHandle,
    train_loader: BoundHandle,
    test_loader: BoundHandle,
    optimizer: BoundHandle,
    criterion: BoundHandle,
    epochs: int,
    device: str = "cpu",
    log_every: int = 100,
) -> dict[str, object]:
    """Stand in for q3c, without the training losses: who builds on it asks for the trained model and its tests."""
    if not 0 < int(epochs) <= MAX_EPOCHS:
        raise ValueError(f"{epochs} epochs")
    tests, seconds = [], []
    batches = int(train_loader.attribute("__len__")())
    for _ in range(int(epochs)):
        start = time.perf_counter()
        train_epoch(model, train_loader, optimizer, criterion, device, log_every)
        tests.append(evaluate(model, test_loader, criterion, device))
        seconds.append(time.perf_counter() - start)
    return {
        "train_steps": [],
        "train_losses": [],
        "test_steps": [(epoch + 1) * batches for epoch in range(len(tests))],
        "test_losses": [loss for loss, _ in tests],
        "test_accuracy": [accuracy for _, accuracy in tests],
        "epoch_seconds": seconds,
        "total_seconds": sum(seconds),
    }


def cnn() -> list[tuple[object, ...]]:
    """Stand in for m2, by the layers of another network that learns digits as well."""
    return [
        ("Conv2d", 1, 16, 5, {"stride": 2, "padding": 2}),
        ("Tanh",),
        ("Conv2d", 16, 32, 3, {"stride": 2, "padding": 1}),
        ("Tanh",),
        ("AdaptiveAvgPool2d", 4),
        ("Flatten",),
        ("Linear", 512, 10),
    ]


def _batches(loader: BoundHandle, device: str) -> Iterator[tuple[BoundHandle, BoundHandle]]:
    """Yield the loader's batches, left in the runner and on the device."""
    for count, batch in enumerate(loader.items(keep=True)):
        if count == MAX_BATCHES:
            raise ValueError(f"a loader of more than {MAX_BATCHES} batches")
        item = batch.attribute("__getitem__")
        yield item.keep(0).attribute("to").keep(device), item.keep(1).attribute("to").keep(device)


def _require_objects(*objects: object) -> None:
    if not all(isinstance(item, BoundHandle) for item in objects):
        raise TypeError("model, loader, optimizer and criterion must be objects")


STAND_INS = {"train_epoch": train_epoch, "evaluate": evaluate, "fit": fit, "CNN": cnn}
