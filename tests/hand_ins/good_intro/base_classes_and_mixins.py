"""Inheritance: one base class for both networks, a trainer class behind the functions, further keys in the history."""
from abc import ABC, abstractmethod
from collections import OrderedDict
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn


class Classifier(nn.Module, ABC):
    classes = 10

    @abstractmethod
    def features(self, x): ...

    def forward(self, x):
        return self.head(self.features(x))


class MLP(Classifier):
    def __init__(self, widths=(784, 128, 64)):
        super().__init__()
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            setattr(self, f"fc{i}", nn.Linear(a, b))
        self.head = nn.Linear(widths[-1], self.classes)

    def features(self, x):
        x = x.view(x.size(0), -1)
        return self.fc1(self.fc0(x).relu()).relu()


class CNN(Classifier):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(
            [nn.Conv2d(1, 32, 3, padding=1), nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.Conv2d(64, 128, 3, stride=2, padding=1)]
        )
        self.fc = nn.Linear(128, 64)
        self.head = nn.Linear(64, self.classes)

    def features(self, x):
        for conv in self.convs:
            x = conv(x).relu_()
        x = x.max(dim=3)[0].max(dim=2)[0]
        return self.fc(x).relu()


class Trainer:
    def __init__(self, model, criterion, optimizer=None, device="cpu"):
        self.device = torch.device(device)
        self.model = model.to(self.device)
        self.criterion = criterion
        self.optimizer = optimizer

    def batches(self, loader):
        for x, y in loader:
            yield x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)

    def train(self, loader, log_every):
        self.model.train()
        logged, countdown = [], 0
        for x, y in self.batches(loader):
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(x), y)
            loss.backward()
            if countdown == 0:
                logged.append(np.float64(loss.item()))
                countdown = log_every
            countdown -= 1
            self.optimizer.step()
        return logged

    def test(self, loader):
        self.model.eval()
        losses, correct = [], []
        with torch.set_grad_enabled(False):
            for x, y in self.batches(loader):
                scores = self.model(x)
                losses.append(self.criterion(scores, y).item())
                correct += (scores.argmax(1) == y).tolist()
        return np.mean(losses), np.mean(correct)


def describe_batch(loader):
    batch = next(iter(loader))
    keys = ["sample", "label"]
    out = {}
    for key, tensor in zip(keys, batch):
        out[key + "_shape"] = tuple(int(n) for n in tensor.shape)
        out[key + "_dtype"] = tensor.dtype
    return out


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    return Trainer(model, criterion, optimizer, device).train(loader, log_every)


def evaluate(model, loader, criterion, device="cpu"):
    return Trainer(model, criterion, device=device).test(loader)


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    history = OrderedDict((key, []) for key in ("train_steps", "train_losses", "test_steps", "test_losses", "test_accuracy", "epoch_seconds"))
    history["epochs"] = epochs
    history["device"] = str(device)
    history["learning_rates"] = []
    trainer = Trainer(model, criterion, optimizer, device)
    t_all = perf_counter()
    for e in range(epochs):
        t = perf_counter()
        logged = trainer.train(train_loader, log_every)
        history["train_losses"] += logged
        history["train_steps"] += list(e * len(train_loader) + 1 + np.arange(len(logged)) * log_every)
        loss, accuracy = trainer.test(test_loader)
        history["test_steps"].append((e + 1) * len(train_loader))
        history["test_losses"].append(loss)
        history["test_accuracy"].append(accuracy)
        history["learning_rates"].append(optimizer.param_groups[0]["lr"])
        history["epoch_seconds"].append(perf_counter() - t)
    history["total_seconds"] = perf_counter() - t_all
    return history


def plot_losses(history):
    fig = plt.figure()
    ax = fig.gca()
    for name, style in (("train", "-"), ("test", "s--")):
        ax.plot(np.asarray(history[f"{name}_steps"]), np.asarray(history[f"{name}_losses"]), style, label=f"{name.capitalize()}ing loss")
    plt.yscale("log")
    plt.xlabel("iteration")
    plt.ylabel("cross entropy")
    plt.legend(loc="upper right")
    plt.title("training")
    return fig


def profile_model(model, input_shape):
    class Counter:
        def __init__(self):
            self.total = 0

        def __call__(self, module, args, result):
            per_output = module.weight.numel() // module.weight.shape[0]
            self.total += per_output * (result.numel() // result.shape[0])

    counter, handles = Counter(), []
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            handles.append(module.register_forward_hook(counter))
    was = {m: m.training for m in model.modules()}
    model.eval()
    with torch.inference_mode():
        model(torch.zeros(*input_shape))
    for m, mode in was.items():
        m.training = mode
    for handle in handles:
        handle.remove()
    return counter.total, sum(np.prod(p.shape) for p in model.parameters())
