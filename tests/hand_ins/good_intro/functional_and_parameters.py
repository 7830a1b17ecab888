"""torch.nn.functional throughout, parameters made by hand, transposed weights, tensors for numbers."""
import math
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from matplotlib.figure import Figure


def describe_batch(loader):
    images, labels = next(iter(loader))
    return {
        "sample_shape": images.shape,
        "sample_dtype": images.dtype,
        "label_shape": labels.shape,
        "label_dtype": labels.dtype,
    }


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [784, 128, 64, 10]
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for n, m in zip(sizes, sizes[1:]):
            self.weights.append(nn.Parameter(torch.randn(n, m) * math.sqrt(2 / n)))
            self.biases.append(nn.Parameter(torch.zeros(m)))

    def forward(self, x):
        x = x.reshape(x.shape[0], -1)
        for k, (w, b) in enumerate(zip(self.weights, self.biases)):
            x = x @ w + b
            if k < 2:
                x = x.clamp_min(0)
        return x


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding="same")
        self.conv2 = nn.Conv2d(32, 64, 3, 2, 1)
        self.conv3 = nn.Conv2d(64, 128, 3, 2, 1)
        self.fc1 = nn.Linear(128, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.relu(self.conv3(x))
        x = F.max_pool2d(x, kernel_size=x.shape[-2:])
        x = torch.flatten(x, 1)
        return self.fc2(F.relu(self.fc1(x)))


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    step = 0
    for x, y in loader:
        x = x.to(device)
        y = y.to(device)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step == 0 or step % log_every == 0:
            losses.append(loss.detach().cpu())
        step += 1
    return losses


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device)
    model.eval()
    batch_losses = []
    hits = torch.tensor(0)
    total = torch.tensor(0)
    with torch.inference_mode():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = model(x)
            batch_losses.append(criterion(logits, y))
            hits = hits + (torch.max(logits, 1)[1] == y).sum().cpu()
            total = total + y.size(0)
    return torch.stack(batch_losses).mean(), hits / total


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    """A loop of its own: train_epoch is not used."""
    model.to(device)
    out = {"train_steps": [], "train_losses": [], "test_steps": [], "test_losses": [], "test_accuracy": [], "epoch_seconds": []}
    global_step = 0
    t_start = time.time()
    for epoch in range(1, epochs + 1):
        t = time.time()
        model.train()
        for batch_index, (x, y) in enumerate(train_loader):
            optimizer.zero_grad()
            loss = criterion(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            global_step += 1
            if batch_index % log_every == 0:
                out["train_steps"].append(global_step)
                out["train_losses"].append(loss.item())
        test_loss, test_accuracy = evaluate(model, test_loader, criterion, device)
        out["test_steps"].append(torch.tensor(global_step))
        out["test_losses"].append(test_loss)
        out["test_accuracy"].append(test_accuracy)
        out["epoch_seconds"].append(time.time() - t)
    out["total_seconds"] = time.time() - t_start
    return out


def plot_losses(history):
    figure = Figure()
    axes = figure.add_subplot(111)
    axes.scatter(history["train_steps"], history["train_losses"], s=8, c="tab:blue", label="train")
    axes.scatter(history["test_steps"], history["test_losses"], s=30, c="tab:red", marker="x", label="test")
    axes.set_yscale("log", base=2)
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    figure.legend()
    return figure


def profile_model(model, input_shape):
    n_params = 0
    for p in model.parameters():
        n_params += math.prod(p.shape)
    macs = []

    def hook(module, inputs, output):
        if isinstance(module, nn.Linear):
            macs.append(module.in_features * module.out_features)
        elif isinstance(module, nn.Conv2d):
            kh, kw = module.kernel_size
            macs.append(module.in_channels // module.groups * kh * kw * output.shape[1] * output.shape[2] * output.shape[3])

    handle = torch.nn.modules.module.register_module_forward_hook(hook)
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            model(torch.zeros(input_shape))
    finally:
        handle.remove()
        model.train(training)
    return float(sum(macs)), float(n_params)
