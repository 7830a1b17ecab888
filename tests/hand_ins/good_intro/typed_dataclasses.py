"""Types, data classes, keyword-only helpers, lazy modules that know their sizes at construction, 0-d results."""
from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field

import torch
from matplotlib import pyplot as plt
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader


@dataclass
class History:
    train_steps: list[int] = field(default_factory=list)
    train_losses: list[float] = field(default_factory=list)
    test_steps: list[int] = field(default_factory=list)
    test_losses: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    epoch_seconds: list[float] = field(default_factory=list)
    total_seconds: float = 0.0


@dataclass
class Mean:
    total: float = 0.0
    count: int = 0

    def update(self, value: float, count: int = 1) -> None:
        self.total += value
        self.count += count

    def __float__(self) -> float:
        return self.total / self.count


def describe_batch(loader: DataLoader) -> dict:
    x, y = next(iter(loader))
    return {"sample_shape": tuple(x.shape), "label_shape": tuple(y.shape), "sample_dtype": x.dtype, "label_dtype": y.dtype}


class MLP(nn.Module):
    layers: nn.Sequential

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential()
        self.layers.append(nn.Flatten())
        self.layers.extend([nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU()])
        self.layers.add_module("logits", nn.Linear(64, 10))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class GlobalMaxPool(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(start_dim=2).amax(dim=-1)


def conv(inputs: int, outputs: int, *, stride: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1)


class CNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Sequential(conv(1, 32, stride=1), nn.ReLU()),
            nn.Sequential(conv(32, 64, stride=2), nn.ReLU()),
            nn.Sequential(conv(64, 128, stride=2), nn.ReLU()),
            GlobalMaxPool(),
        )
        self.decoder = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


def train_epoch(
    model: nn.Module,
    loader: DataLoader,
    optimizer: Optimizer,
    criterion: nn.Module,
    device: str | torch.device = "cpu",
    log_every: int = 100,
) -> list[float]:
    model.to(device)
    model.train()
    wanted = set(range(0, len(loader), log_every))
    losses: dict[int, Tensor] = {}
    for index, (x, y) in enumerate(loader):
        def closure(x: Tensor = x.to(device), y: Tensor = y.to(device)) -> Tensor:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        if index in wanted:
            losses[index] = loss.detach()
    return torch.stack(list(losses.values())).tolist()


def evaluate(model: nn.Module, loader: DataLoader, criterion: nn.Module, device: str | torch.device = "cpu") -> tuple[float, float]:
    model.to(device)
    was_training = model.training
    model.eval()
    loss, accuracy = Mean(), Mean()
    with torch.inference_mode():
        for x, y in loader:
            logits = model(x.to(device))
            loss.update(criterion(logits, y.to(device)).item())
            accuracy.update((logits.argmax(1).cpu() == y).sum().item(), len(y))
    model.train(was_training)
    return float(loss), float(accuracy)


def fit(
    model: nn.Module,
    train_loader: DataLoader,
    test_loader: DataLoader,
    optimizer: Optimizer,
    criterion: nn.Module,
    epochs: int,
    device: str | torch.device = "cpu",
    log_every: int = 100,
) -> dict:
    history = History()
    started = time.perf_counter_ns()
    for _ in range(epochs):
        epoch_started = time.perf_counter_ns()
        offset = history.test_steps[-1] if history.test_steps else 0
        losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every)
        history.train_steps.extend(offset + 1 + i * log_every for i, _ in enumerate(losses))
        history.train_losses.extend(losses)
        loss, accuracy = evaluate(model, test_loader, criterion, device)
        history.test_steps.append(offset + len(train_loader))
        history.test_losses.append(loss)
        history.test_accuracy.append(accuracy)
        history.epoch_seconds.append((time.perf_counter_ns() - epoch_started) / 1e9)
    history.total_seconds = (time.perf_counter_ns() - started) / 1e9
    return asdict(history)


def plot_losses(history: dict) -> plt.Figure:
    figure, axes = plt.subplots(num=None, dpi=80)
    axes.plot("train_steps", "train_losses", data=history, label="Training")
    axes.plot("test_steps", "test_losses", "^", data=history, label="Test")
    axes.set_yscale("log")
    axes.set_xlabel("Step")
    axes.set_ylabel("Loss")
    axes.legend()
    figure.tight_layout()
    return figure


def profile_model(model: nn.Module, input_shape: tuple[int, ...]) -> tuple[int, int]:
    from torch.utils.flop_counter import FlopCounterMode

    training = model.training
    model.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *input_shape[1:]))
    model.train(training)
    return counter.get_total_flops() // 2, sum(p.numel() for p in model.parameters())
