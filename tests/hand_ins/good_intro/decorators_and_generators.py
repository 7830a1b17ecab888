"""Decorators for modes and clocks, generators for batches, closures, match statements."""
import functools
import itertools as it
import time
from contextlib import contextmanager

import matplotlib
import matplotlib.pyplot as plt
import torch
from torch import nn


@contextmanager
def mode(model, *, training):
    before = model.training
    model.train(training)
    try:
        with torch.set_grad_enabled(training):
            yield model
    finally:
        model.train(before)


def clocked(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.monotonic()
        result = function(*args, **kwargs)
        return result, time.monotonic() - start

    return wrapper


def on(device, loader):
    yield from ((x.to(device), y.to(device)) for x, y in loader)


def steps(model, batches, optimizer, criterion):
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        value = loss.detach().item()
        loss.backward()
        optimizer.step()
        yield value


def describe_batch(loader):
    (x, y), *_ = it.islice(loader, 1)
    return {f"{name}_{what}": value for name, t in (("sample", x), ("label", y)) for what, value in (("shape", tuple(t.shape)), ("dtype", t.dtype))}


def dense(n, m):
    return nn.Sequential(nn.Linear(n, m), nn.ReLU())


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(start_dim=1), dense(784, 128), dense(128, 64))
        self.head = nn.Linear(64, 10, bias=True)

    def forward(self, x: torch.Tensor, /) -> torch.Tensor:
        return self.head(self.body(x))


class Block(nn.Module):
    def __init__(self, n, m, stride):
        super().__init__()
        self.conv = nn.Conv2d(n, m, 3, stride, 1)

    def forward(self, x):
        return torch.where((y := self.conv(x)) > 0, y, torch.zeros_like(y))


class CNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(Block(1, 32, 1), Block(32, 64, 2), Block(64, 128, 2))
        self.head = nn.Sequential(dense(128, 64), nn.Linear(64, 10))

    def forward(self, x):
        return self.head(torch.amax(self.blocks(x), (-1, -2)))


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    with mode(model, training=True):
        return [loss for k, loss in zip(it.count(), steps(model, on(device, loader), optimizer, criterion)) if not k % log_every]


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device)
    with mode(model, training=False):
        results = [(criterion(z := model(x), y).item(), (z.topk(1).indices[:, 0] == y).float()) for x, y in on(device, loader)]
    return sum(loss for loss, _ in results) / len(results), torch.cat([hits for _, hits in results]).mean().item()


@clocked
def _epoch(number, model, train_loader, test_loader, optimizer, criterion, device, log_every):
    n = len(train_loader)
    losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every)
    loss, accuracy = evaluate(model, test_loader, criterion, device)
    return list(it.islice(it.count(number * n + 1, log_every), len(losses))), losses, (number + 1) * n, loss, accuracy


@clocked
def _epochs(epochs, *args):
    return [_epoch(number, *args) for number in range(epochs)]


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    results, total = _epochs(epochs, model, train_loader, test_loader, optimizer, criterion, device, log_every)
    rows, seconds = zip(*results)
    train_steps, train_losses, test_steps, test_losses, accuracy = zip(*rows)
    return {
        "train_steps": sum(train_steps, []),
        "train_losses": list(it.chain(*train_losses)),
        "test_steps": test_steps,
        "test_losses": test_losses,
        "test_accuracy": accuracy,
        "epoch_seconds": seconds,
        "total_seconds": total,
    }


def plot_losses(history):
    with matplotlib.rc_context({"lines.linewidth": 1}):
        fig, ax = plt.subplots(layout="constrained")
        (a,) = ax.plot(history["train_steps"], history["train_losses"])
        (b,) = ax.plot(history["test_steps"], history["test_losses"], linestyle="none", marker="D")
        ax.legend([a, b], ["Train", "Test"])
        ax.set_yscale("log")
        ax.set_xlabel("steps")
        ax.set_ylabel("loss (log scale)")
    return fig


def profile_model(model, input_shape):
    import copy

    twin = copy.deepcopy(model).eval()
    counts = []

    def count(layer, args, out):
        match layer:
            case nn.Linear():
                counts.append(layer.in_features * out[0].numel())
            case nn.Conv2d():
                counts.append(layer.in_channels * layer.kernel_size[0] * layer.kernel_size[1] * out[0].numel() // layer.groups)
            case nn.BatchNorm2d():
                counts.append(4 * out[0].numel())

    twin.apply(lambda layer: layer.register_forward_hook(count) and None)
    with torch.no_grad():
        twin(torch.ones(1, *input_shape[1:]))
    return sum(counts), sum(map(torch.numel, model.parameters()))
