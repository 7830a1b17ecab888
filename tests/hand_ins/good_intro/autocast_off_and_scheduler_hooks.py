"""Hooks and context managers around the loop: no-op autocast, an ExitStack, a list that is logged into by an observer."""
import contextlib
import operator
import time
from functools import partial, reduce

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn.utils import parameters_to_vector


class describe:
    def __init__(self, prefix):
        self.prefix = prefix

    def __call__(self, tensor):
        return {self.prefix + "_shape": tuple(tensor.shape), self.prefix + "_dtype": tensor.dtype}


def describe_batch(loader):
    x, y = next(iter(loader))
    return reduce(operator.or_, [describe("sample")(x), describe("label")(y)])


def compose(*functions):
    return lambda x: reduce(lambda value, function: function(value), functions, x)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10)

    def forward(self, x):
        return compose(partial(torch.flatten, start_dim=1), self.a, torch.relu, self.b, torch.relu, self.c)(x)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        for name, conv in zip("abc", ((1, 32, 3, 1, 1), (32, 64, 3, 2, 1), (64, 128, 3, 2, 1))):
            self.add_module(name, nn.Conv2d(*conv))
        self.d, self.e = nn.Linear(128, 64), nn.Linear(64, 10)
        self.relu = nn.ReLU()
        self.reset()

    def reset(self):
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)

    def forward(self, x):
        pool = lambda t: t.amax(-1).amax(-1)
        return compose(self.a, self.relu, self.b, self.relu, self.c, pool, self.relu, self.d, self.relu, self.e)(x)


class Observer:
    def __init__(self, every):
        self.every, self.seen, self.kept = every, 0, []

    def __call__(self, value):
        if self.seen % self.every == 0:
            self.kept.append(value)
        self.seen += 1


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    observer = Observer(log_every)
    model.to(device).train()
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.enable_grad())
        stack.enter_context(torch.autocast(torch.device(device).type, enabled=False))
        optimizer.zero_grad()
        for x, y in loader:
            loss = criterion(model(x.to(device)), y.to(device))
            observer(loss.item())
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return observer.kept


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device).eval()

    @torch.no_grad()
    def score(batch):
        x, y = batch[0].to(device), batch[1].to(device)
        z = model(x)
        return torch.stack([criterion(z, y), (z.argmax(1) == y).sum().float(), torch.tensor(float(len(y)), device=z.device)])

    table = torch.stack([score(batch) for batch in loader]).double().cpu()
    return float(table[:, 0].mean()), float(table[:, 1].sum() / table[:, 2].sum())


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    stamps = [time.perf_counter()]
    tests, losses, steps = [], [], []
    for epoch in range(epochs):
        part = train_epoch(model=model, loader=train_loader, optimizer=optimizer, criterion=criterion, device=device, log_every=log_every)
        steps.extend(1 + len(train_loader) * epoch + log_every * k for k in range(len(part)))
        losses.extend(part)
        tests.append(evaluate(model=model, loader=test_loader, criterion=criterion, device=device))
        stamps.append(time.perf_counter())
    assert parameters_to_vector(model.parameters()).isfinite().all()
    return dict(
        train_steps=steps,
        train_losses=losses,
        test_steps=[len(train_loader) * (e + 1) for e in range(epochs)],
        test_losses=[loss for loss, _ in tests],
        test_accuracy=[accuracy for _, accuracy in tests],
        epoch_seconds=[b - a for a, b in zip(stamps, stamps[1:])],
        total_seconds=stamps[-1] - stamps[0],
    )


def plot_losses(history):
    fig, ax = plt.subplots()
    ax.set_yscale("log")
    ax.step(history["train_steps"], history["train_losses"], where="post", label="TRAIN")
    ax.errorbar(history["test_steps"], history["test_losses"], yerr=None, fmt="o", label="TEST")
    ax.set_xlabel("optimizer steps")
    ax.set_ylabel("loss")
    ax.legend(ncols=2)
    return fig


def profile_model(model, input_shape):
    from torch.fx import Interpreter, symbolic_trace

    class Count(Interpreter):
        macs = 0

        def call_module(self, target, args, kwargs):
            out = super().call_module(target, args, kwargs)
            layer = self.fetch_attr(target)
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                Count.macs += out[0].numel() * layer.weight[0].numel()
            return out

    training = model.training
    model.eval()
    Count.macs = 0
    with torch.no_grad():
        Count(symbolic_trace(model)).run(torch.zeros(1, *input_shape[1:]))
    model.train(training)
    return Count.macs, parameters_to_vector(model.parameters()).numel()
