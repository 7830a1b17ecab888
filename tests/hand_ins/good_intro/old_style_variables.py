"""Code in the style of old tutorials: Variable, .data, star imports, %-formatting, unused arguments, class attributes."""
from time import *

import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.optim import *


def describe_batch(loader):
    dataiter = iter(loader)
    images, labels = next(dataiter)
    return {
        "sample_shape": tuple(list(images.size())),
        "sample_dtype": images.dtype,
        "label_shape": tuple(list(labels.size())),
        "label_dtype": labels.dtype,
    }


class Net(nn.Module):
    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features


class MLP(Net):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)

    def forward(self, x):
        x = x.contiguous().view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x), inplace=True)
        x = F.relu(self.fc2(x), inplace=True)
        return self.fc3(x)


class CNN(Net):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 2, 1)
        self.conv3 = nn.Conv2d(64, 128, 3, 2, 1)
        self.fc1 = nn.Linear(128, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        # the maximum of ReLUs is the ReLU of the maximum
        x = F.relu(F.max_pool2d(self.conv3(x), self.conv3(x).size()[2:]))
        x = x.view(-1, self.num_flat_features(x))
        return self.fc2(F.relu(self.fc1(x)))


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.train(True)
    model.to(device)
    history = []
    for batch_idx, (data, target) in enumerate(loader, 0):
        data, target = Variable(data).to(device), Variable(target).to(device)
        for p in model.parameters():
            p.grad = None
        output = model(data)
        loss = criterion(output, target)
        loss.backward()
        optimizer.step()
        if batch_idx % log_every == 0:
            history.append(loss.data.item())
    return history


def evaluate(model, loader, criterion, device="cpu"):
    model.train(False)
    model.to(device)
    test_loss = 0
    correct = 0
    with torch.no_grad():
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            test_loss += criterion(output, target).item()
            pred = output.data.max(1, keepdim=True)[1]
            correct += pred.eq(target.data.view_as(pred)).cpu().sum().item()
    test_loss /= len(loader)
    print("Test: average loss %.4f, accuracy %d/%d" % (test_loss, correct, len(loader.dataset)))
    return test_loss, correct / len(loader.dataset)


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    train_losses = []
    train_steps = []
    test_losses = []
    test_accuracy = []
    epoch_seconds = []
    t0 = time()
    for epoch in range(1, epochs + 1):
        t1 = time()
        model.train()
        train_losses += train_epoch(model, train_loader, optimizer, criterion, device, log_every)
        train_steps += [i + 1 + (epoch - 1) * len(train_loader) for i in range(len(train_loader)) if i % log_every == 0]
        model.eval()
        l, a = evaluate(model, test_loader, criterion, device)
        test_losses.append(l)
        test_accuracy.append(a)
        epoch_seconds.append(time() - t1)
    return {
        "total_seconds": time() - t0,
        "epoch_seconds": epoch_seconds,
        "test_steps": [i * len(train_loader) for i in range(1, epochs + 1)],
        "test_losses": test_losses,
        "test_accuracy": test_accuracy,
        "train_steps": train_steps,
        "train_losses": train_losses,
    }


def plot_losses(history):
    fig = plt.figure()
    plt.semilogy(history["train_steps"], history["train_losses"], color="blue")
    plt.semilogy(history["test_steps"], history["test_losses"], "r.", markersize=12)
    plt.legend(["Train Loss", "Test Loss"], loc="upper right")
    plt.xlabel("number of training steps")
    plt.ylabel("negative log likelihood loss")
    return fig


def profile_model(model, input_shape):
    list_ops = []

    def conv_hook(self, input, output):
        _, output_channels, output_height, output_width = output.size()
        kernel_ops = self.kernel_size[0] * self.kernel_size[1] * (self.in_channels / self.groups)
        list_ops.append(output_channels * kernel_ops * output_height * output_width)

    def linear_hook(self, input, output):
        list_ops.append(self.weight.nelement())

    handles = []

    def attach(net):
        children = list(net.children())
        if not children:
            if isinstance(net, torch.nn.Conv2d):
                handles.append(net.register_forward_hook(conv_hook))
            if isinstance(net, torch.nn.Linear):
                handles.append(net.register_forward_hook(linear_hook))
            return
        for c in children:
            attach(c)

    attach(model)
    model.eval()
    model(Variable(torch.rand(1, *input_shape[1:]), requires_grad=False))
    for h in handles:
        h.remove()
    model.train()
    return sum(list_ops), sum(p.data.nelement() for p in model.parameters())
