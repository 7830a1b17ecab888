"""A beginner's style: explicit iterators, while loops, counters, global helpers, numpy arrays in the history."""
import time

import numpy as np
import torch
import torch.nn as nn
import matplotlib.pyplot as plt

DEVICE = "cpu"


def describe_batch(loader):
    first = None
    for batch in loader:
        if first is None:
            first = batch
    result = {}
    result["sample_shape"] = tuple(first[0].shape)
    result["sample_dtype"] = first[0].dtype
    result["label_shape"] = tuple(first[1].shape)
    result["label_dtype"] = first[1].dtype
    return result


class MLP(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.layer1 = nn.Linear(784, 128)
        self.act1 = nn.ReLU()
        self.layer2 = nn.Linear(128, 64)
        self.act2 = nn.ReLU()
        self.layer3 = nn.Linear(64, 10)

    def forward(self, images):
        n = images.shape[0]
        flat = images.reshape((n, 784))
        h1 = self.act1(self.layer1(flat))
        h2 = self.act2(self.layer2(h1))
        out = self.layer3(h2)
        return out


class CNN(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.c1 = nn.Conv2d(1, 32, 3, 1, 1)
        self.c2 = nn.Conv2d(32, 64, 3, 2, 1)
        self.c3 = nn.Conv2d(64, 128, 3, 2, 1)
        self.l1 = nn.Linear(128, 64)
        self.l2 = nn.Linear(64, 10)

    def forward(self, images):
        h = torch.relu(self.c1(images))
        h = torch.relu(self.c2(h))
        h = torch.relu(self.c3(h))
        b, c, height, width = h.shape
        h = h.view(b, c, height * width)
        h, _ = torch.max(h, dim=2)
        h = torch.relu(self.l1(h))
        h = self.l2(h)
        return h


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model = model.to(device)
    model.train()
    logged = []
    until_next = 0
    iterator = iter(loader)
    while True:
        try:
            images, labels = next(iterator)
        except StopIteration:
            break
        images = images.to(device)
        labels = labels.to(device)
        model.zero_grad()
        predictions = model(images)
        loss = criterion(predictions, labels)
        loss.backward()
        optimizer.step()
        if until_next == 0:
            logged.append(float(loss.detach().cpu().numpy()))
            until_next = log_every
        until_next = until_next - 1
    return logged


def evaluate(model, loader, criterion, device="cpu"):
    model = model.to(device)
    model.eval()
    sum_of_losses = 0
    number_of_batches = 0
    number_right = 0
    number_of_samples = 0
    was_on = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        for images, labels in loader:
            predictions = model(images.to(device))
            sum_of_losses = sum_of_losses + criterion(predictions, labels.to(device)).item()
            number_of_batches = number_of_batches + 1
            guesses = predictions.cpu().numpy().argmax(axis=1)
            for guess, label in zip(guesses, labels.numpy()):
                if guess == label:
                    number_right = number_right + 1
                number_of_samples = number_of_samples + 1
    finally:
        torch.set_grad_enabled(was_on)
    return sum_of_losses / number_of_batches, number_right / number_of_samples


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    train_steps = np.array([], dtype=int)
    train_losses = np.array([])
    test_steps = np.array([], dtype=int)
    test_losses = np.array([])
    test_accuracy = np.array([])
    epoch_seconds = np.array([])
    batches = 0
    for _ in train_loader:
        batches = batches + 1
    start = time.perf_counter()
    epoch = 0
    while epoch < epochs:
        epoch_start = time.perf_counter()
        losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every)
        first_step = epoch * batches + 1
        train_steps = np.append(train_steps, np.arange(first_step, first_step + batches, log_every))
        train_losses = np.append(train_losses, losses)
        loss, accuracy = evaluate(model, test_loader, criterion, device)
        test_steps = np.append(test_steps, (epoch + 1) * batches)
        test_losses = np.append(test_losses, loss)
        test_accuracy = np.append(test_accuracy, accuracy)
        epoch_seconds = np.append(epoch_seconds, time.perf_counter() - epoch_start)
        epoch = epoch + 1
    history = {}
    history["train_steps"] = train_steps
    history["train_losses"] = train_losses
    history["test_steps"] = test_steps
    history["test_losses"] = test_losses
    history["test_accuracy"] = test_accuracy
    history["epoch_seconds"] = epoch_seconds
    history["total_seconds"] = time.perf_counter() - start
    return history


def plot_losses(history):
    fig, axs = plt.subplots(1, 1, squeeze=False)
    ax = axs[0][0]
    ax.plot(history["train_steps"], history["train_losses"], color="blue", label="loss on training data")
    ax.scatter(history["test_steps"], history["test_losses"], color="red", label="loss on test data")
    ax.set_yscale("log")
    ax.set_xlabel("number of steps")
    ax.set_ylabel("loss")
    ax.legend()
    return fig


def profile_model(model, input_shape):
    shape = list(input_shape)
    shape[0] = 1
    x = torch.zeros(shape)
    macs = 0
    for layer in model.children():
        layer_was_training = layer.training
        layer.eval()
        with torch.no_grad():
            y = layer(x)
        if layer_was_training:
            layer.train()
        if isinstance(layer, nn.Conv2d):
            macs = macs + y.shape[2] * y.shape[3] * layer.weight.numel()
        if isinstance(layer, nn.Linear):
            macs = macs + layer.weight.numel()
        x = y
    params = 0
    for p in model.parameters():
        params = params + p.numel()
    return macs, params
