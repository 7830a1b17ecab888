"""Layers made in another order than they are used, weights copied in, state kept in a class, numpy scalars."""
import time
from collections import defaultdict
from statistics import fmean

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn


def describe_batch(loader):
    names = ("sample", "label")
    return {
        key: value
        for name, tensor in zip(names, next(iter(loader)))
        for key, value in ((f"{name}_shape", tuple(np.shape(tensor))), (f"{name}_dtype", tensor.dtype))
    }


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(64, 10)
        self.mid = nn.Linear(128, 64)
        self.inp = nn.Linear(784, 128)

    def forward(self, x):
        return self.out(nn.functional.relu(self.mid(nn.functional.relu(self.inp(torch.flatten(x, 1))))))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(64, 10)
        self.mid = nn.Linear(128, 64)
        self.third = nn.Conv2d(64, 128, 3, 2, 1)
        self.second = nn.Conv2d(32, 64, 3, 2, 1)
        self.first = nn.Conv2d(1, 32, 3, 1, 1)

    def forward(self, x):
        for layer in (self.first, self.second, self.third):
            x = nn.functional.threshold(layer(x), 0.0, 0.0)
        x = torch.logsumexp(x, (2, 3)) * 0 + x.amax((2, 3))
        return self.out(self.mid(x).clamp(0))


class Meter(defaultdict):
    def __init__(self):
        super().__init__(list)

    def add(self, **values):
        for key, value in values.items():
            self[key].append(value)


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device=device)
    model.train(mode=True)
    kept = np.zeros(0, dtype=np.float32)
    for i, batch in enumerate(loader):
        x, y = map(lambda t: t.to(device), batch)
        optimizer.zero_grad(set_to_none=False)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        if divmod(i, log_every)[1] == 0:
            kept = np.append(kept, np.float32(loss.item()))
    return list(kept)


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device=device)
    model.requires_grad_(requires_grad=True) if False else None
    model.eval()
    losses, hits = [], []
    with torch.no_grad():
        for x, y in loader:
            scores = model(x.to(device)).cpu()
            losses.append(criterion(scores.to(device), y.to(device)).item())
            hits.extend(np.equal(scores.numpy().argmax(1), y.numpy()))
    return np.float64(fmean(losses)), np.float64(np.mean(hits))


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    meter = Meter()
    start = time.perf_counter()
    for epoch in range(epochs):
        begin = time.perf_counter()
        base = epoch * len(train_loader) + 1
        for k, loss in enumerate(train_epoch(model, train_loader, optimizer, criterion, device=device, log_every=log_every)):
            meter.add(train_steps=np.int64(base + k * log_every), train_losses=loss)
        loss, accuracy = evaluate(model, test_loader, criterion, device=device)
        meter.add(test_steps=np.int64(base + len(train_loader) - 1), test_losses=loss, test_accuracy=accuracy)
        meter.add(epoch_seconds=np.float64(time.perf_counter() - begin))
    meter["total_seconds"] = np.float64(time.perf_counter() - start)
    return meter


def plot_losses(history):
    plt.style.use("default")
    fig, ax = plt.subplots()
    ax.plot(history["train_steps"], history["train_losses"], ".-", label=r"$L_{\mathrm{train}}$ (train)")
    ax.plot(history["test_steps"], history["test_losses"], "s-", label=r"$L_{\mathrm{test}}$ (test)")
    ax.semilogy()
    fig.supxlabel("step $t$")
    fig.supylabel("loss $L$")
    fig.legend(loc="outside upper right")
    return fig


def profile_model(model, input_shape):
    counter = {"macs": 0}
    originals = []
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            originals.append(layer)

            def forward(x, layer=layer):
                y = type(layer).forward(layer, x)
                counter["macs"] += y[0].numel() * layer.weight[0].numel()
                return y

            layer.forward = forward
    training = model.training
    model.eval()
    with torch.no_grad():
        model(torch.zeros(tuple(input_shape)))
    model.train(training)
    for layer in originals:
        del layer.forward
    return np.int64(counter["macs"]), np.int64(sum(p.numel() for p in model.parameters()))
