"""Everything behind one engine: fit defined first, train_epoch and evaluate as views of one generic pass."""
from time import perf_counter as now

import matplotlib.pyplot as plt
import torch
from torch import nn, optim
from torch.nn.functional import adaptive_max_pool2d, conv2d, linear, relu

NAMES = "train_steps train_losses test_steps test_losses test_accuracy epoch_seconds".split()


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    start, log = now(), {name: list() for name in NAMES}
    for epoch in range(epochs):
        tick = now()
        passed = one_pass(model, train_loader, criterion, device, optimizer=optimizer)
        done = len(log["test_steps"]) * len(passed)
        log["train_steps"] += [done + i + 1 for i in range(0, len(passed), log_every)]
        log["train_losses"] += [passed[i][0] for i in range(0, len(passed), log_every)]
        loss, accuracy = evaluate(model, test_loader, criterion, device)
        for name, value in zip(NAMES[2:5], (done + len(passed), loss, accuracy)):
            log[name].append(value)
        log["epoch_seconds"].append(now() - tick)
    return log | {"total_seconds": now() - start}


def one_pass(model, loader, criterion, device, *, optimizer=None):
    """Returns (loss, right, size) of each batch; trains where there is an optimizer."""
    trains = isinstance(optimizer, optim.Optimizer)
    model.to(device).train(trains)
    rows = []
    with torch.set_grad_enabled(trains):
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            if trains:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            right = int(outputs.argmax(dim=1).eq(targets).sum()) if targets.ndim == 1 else 0
            rows.append((loss.item(), right, len(targets)))
    return rows


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    return [row[0] for row in one_pass(model, loader, criterion, device, optimizer=optimizer)][::log_every]


def evaluate(model, loader, criterion, device="cpu"):
    loss, right, size = map(list, zip(*one_pass(model, loader, criterion, device)))
    return sum(loss) / len(loss), sum(right) / sum(size)


def describe_batch(loader):
    samples, labels = next(iter(loader))
    return {**_about("sample", samples), **_about("label", labels)}


def _about(name, tensor):
    return {name + "_dtype": tensor.dtype, name + "_shape": (*tensor.shape,)}


class MLP(nn.Module):
    SIZES = 784, 128, 64, 10

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({f"{n}_to_{m}": nn.Linear(n, m) for n, m in zip(self.SIZES, self.SIZES[1:])})

    def forward(self, x):
        *hidden, last = self.layers.values()
        x = x.flatten(1)
        for layer in hidden:
            x = relu(linear(x, layer.weight, layer.bias))
        return last(x)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        n = 1
        for i, (m, stride) in enumerate([(32, 1), (64, 2), (128, 2)], start=1):
            self.register_parameter(f"kernel{i}", nn.Parameter(nn.init.kaiming_normal_(torch.empty(m, n, 3, 3))))
            self.register_parameter(f"shift{i}", nn.Parameter(torch.zeros(m)))
            n = m
        self.inner, self.outer = nn.Linear(128, 64), nn.Linear(64, 10)

    def forward(self, x):
        for i, stride in zip((1, 2, 3), (1, 2, 2)):
            x = relu(conv2d(x, getattr(self, f"kernel{i}"), getattr(self, f"shift{i}"), stride=stride, padding=1))
        return self.outer(relu(self.inner(adaptive_max_pool2d(x, 1)[:, :, 0, 0])))


def plot_losses(history):
    figure, axes = plt.subplots()
    for what, kind in {"train": axes.plot, "test": axes.scatter}.items():
        kind(history[what + "_steps"], history[what + "_losses"], label=what)
    axes.set(yscale="log", xlabel="step", ylabel="loss")
    axes.legend(title="data")
    plt.close(figure)
    return figure


def profile_model(model, input_shape):
    seen = []
    layers = [m for m in model.modules() if type(m) in (nn.Conv2d, nn.Linear)]
    hooks = [m.register_forward_pre_hook(lambda m, args: seen.append((m, args[0].shape))) for m in layers]
    training = model.training
    try:
        with torch.no_grad():
            model.train(False)
            model(torch.zeros(input_shape))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return sum(_macs(m, shape) for m, shape in seen), sum(p.numel() for p in model.parameters())


def _macs(m, shape):
    if isinstance(m, nn.Linear):
        return m.weight.numel()
    out = 1
    for n, k, s, p, d in zip(shape[2:], m.kernel_size, m.stride, m.padding, m.dilation):
        out *= (n + 2 * p - d * (k - 1) - 1) // s + 1
    return out * m.weight.numel()
