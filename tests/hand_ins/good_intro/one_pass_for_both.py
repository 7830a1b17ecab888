"""A state machine: modules made in a loop, bound methods, the model's own method as forward, keyword arguments everywhere."""
import time
from types import SimpleNamespace

import matplotlib.pyplot as plt
import torch


def describe_batch(loader):
    sample, label = SimpleNamespace(), SimpleNamespace()
    for space, tensor in zip((sample, label), next(loader.__iter__())):
        space.shape, space.dtype = tuple(tensor.shape), tensor.dtype
    return {"sample_shape": sample.shape, "sample_dtype": sample.dtype, "label_shape": label.shape, "label_dtype": label.dtype}


class MLP(torch.nn.Module):
    def __init__(self):
        super().__init__()
        widths = [28**2, 128, 64, 10]
        stack = []
        for n_in, n_out in zip(widths[:-1], widths[1:]):
            stack += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
        self.stack = torch.nn.Sequential(*stack[:-1])

    def forward(self, pixels):
        return self.stack(pixels.reshape(len(pixels), -1))


class CNN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        channels, strides = [1, 32, 64, 128], [1, 2, 2]
        stack = []
        for k in range(3):
            stack.append(torch.nn.Conv2d(channels[k], channels[k + 1], 3, strides[k], 1))
            stack.append(torch.nn.ReLU())
        self.stack = torch.nn.Sequential(*stack)
        self.dense = torch.nn.ModuleList([torch.nn.Linear(128, 64), torch.nn.Linear(64, 10)])

    def forward(self, pixels):
        maps = self.stack(pixels)
        peak = maps.permute(0, 2, 3, 1).reshape(maps.shape[0], -1, maps.shape[1]).max(1).values
        return self.dense[1](torch.relu(self.dense[0](peak)))


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    state = SimpleNamespace(batch=0, next=0, log=[])
    model.to(device)
    model.train()
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        loss = criterion(model(inputs), targets)
        grads = torch.autograd.grad(loss, [p for p in model.parameters() if p.requires_grad], allow_unused=True)
        for p, g in zip((p for p in model.parameters() if p.requires_grad), grads):
            p.grad = g
        optimizer.step()
        if state.batch == state.next:
            state.log.append(loss.item())
            state.next += log_every
        state.batch += 1
    return state.log


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device)
    model.eval()
    with torch.no_grad():
        everything = [(model(x.to(device)), y.to(device)) for x, y in loader]
        loss = torch.tensor([criterion(z, y) for z, y in everything]).mean()
        logits, labels = torch.cat([z for z, _ in everything]), torch.cat([y for _, y in everything])
    return loss.item(), (logits.argmax(1) == labels).double().mean().item()


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    clock = SimpleNamespace(start=time.perf_counter(), epochs=[])
    train, test = {}, {}
    step = 0
    for _ in range(epochs):
        begin = time.perf_counter()
        batch_losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every=1)
        for k, loss in enumerate(batch_losses):
            step += 1
            if k % log_every == 0:
                train[step] = loss
        test[step] = evaluate(model, test_loader, criterion, device)
        clock.epochs.append(time.perf_counter() - begin)
    return {
        "train_steps": list(train),
        "train_losses": list(train.values()),
        "test_steps": list(test.keys()),
        "test_losses": [v[0] for v in test.values()],
        "test_accuracy": [v[1] for v in test.values()],
        "epoch_seconds": clock.epochs,
        "total_seconds": time.perf_counter() - clock.start,
    }


def plot_losses(history):
    figure = plt.figure()
    axes = figure.add_axes([0.12, 0.12, 0.8, 0.8])
    axes.plot(torch.tensor(history["train_steps"]), torch.tensor(history["train_losses"]), "b-", label="train")
    axes.plot(torch.tensor(history["test_steps"]), torch.tensor(history["test_losses"]), "r*", label="test")
    axes.set_yscale("symlog", linthresh=1e-6)
    axes.set_xlabel("updates")
    axes.set_ylabel("loss")
    axes.legend()
    return figure


def profile_model(model, input_shape):
    macs = 0
    shape_of = {}

    def remember(module, inputs, output):
        shape_of[module] = output.shape

    handles = [module.register_forward_hook(remember) for module in model.modules()]
    mode = model.training
    with torch.no_grad():
        model.eval()
        model(torch.empty(input_shape).fill_(0.5))
    model.train(mode)
    for handle in handles:
        handle.remove()
    for module, shape in shape_of.items():
        if isinstance(module, torch.nn.Conv2d):
            macs += shape[1:].numel() * module.weight[0].numel() + (shape[1:].numel() if module.bias is not None else 0)
        elif isinstance(module, torch.nn.Linear):
            macs += shape[1:].numel() * module.in_features
    return macs, sum(parameter.numel() for parameter in model.parameters())
