"""Sequential models, lists made by comprehensions, itertools."""
import itertools
import time

import matplotlib.pyplot as plt
import torch
from torch import nn


def describe_batch(loader):
    for x, y in loader:
        return dict(sample_shape=tuple(x.size()), sample_dtype=x.dtype, label_shape=tuple(y.size()), label_dtype=y.dtype)


class MLP(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(inplace=True), nn.Linear(64, 10))


class CNN(nn.Sequential):
    def __init__(self):
        convs = [(1, 32, 1), (32, 64, 2), (64, 128, 2)]
        layers = list(itertools.chain.from_iterable((nn.Conv2d(i, o, 3, s, 1), nn.ReLU()) for i, o, s in convs))
        super().__init__(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model = model.to(device).train()

    def step(batch):
        x, y = (t.to(device) for t in batch)
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return float(loss)

    return [loss for _, loss in itertools.compress(enumerate(map(step, loader)), itertools.cycle([True] + [False] * (log_every - 1)))]


@torch.no_grad()
def evaluate(model, loader, criterion, device="cpu"):
    model = model.to(device).eval()
    rows = []
    for x, y in loader:
        out = model(x.to(device))
        rows.append((criterion(out, y.to(device)).item(), (out.argmax(-1).cpu() == y).sum().item(), y.numel()))
    losses, right, count = zip(*rows)
    return sum(losses) / len(losses), sum(right) / sum(count)


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    begin = time.perf_counter()
    keys = ("train_steps", "train_losses", "test_steps", "test_losses", "test_accuracy", "epoch_seconds")
    history = {key: [] for key in keys}
    for epoch in range(epochs):
        t0 = time.perf_counter()
        history["train_losses"].extend(train_epoch(model, train_loader, optimizer, criterion, device, log_every))
        n = len(train_loader)
        history["train_steps"].extend(range(epoch * n + 1, (epoch + 1) * n + 1, log_every))
        loss, acc = evaluate(model, test_loader, criterion, device)
        history["test_steps"].append((epoch + 1) * n)
        history["test_losses"].append(loss)
        history["test_accuracy"].append(acc)
        history["epoch_seconds"].append(time.perf_counter() - t0)
    history["total_seconds"] = time.perf_counter() - begin
    return history


def plot_losses(history):
    fig, ax = plt.subplots(figsize=(7, 4))
    ax.semilogy(history["train_steps"], history["train_losses"], alpha=0.6, label="Train loss")
    ax.semilogy(history["test_steps"], history["test_losses"], marker="o", label="Test loss")
    ax.set(xlabel="Step", ylabel="Loss", title="Losses")
    ax.grid(True, which="both")
    ax.legend()
    return fig


def profile_model(model, input_shape):
    totals = []
    handles = [
        m.register_forward_hook(lambda m, i, o: totals.append(o[0].numel() * m.weight[0].numel()))
        for m in model.modules()
        if isinstance(m, (nn.Conv2d, nn.Linear))
    ]
    mode = model.training
    with torch.no_grad():
        model.eval()(torch.rand(input_shape))
    model.train(mode)
    [h.remove() for h in handles]
    return sum(totals), sum(p.numel() for p in model.parameters())
