"""thop for p1, a progress bar of its own (or tqdm where it is), prints while it trains, plt.show()."""
import time

import matplotlib.pyplot as plt
import torch
import torch.nn as nn

try:
    from tqdm import tqdm
except ImportError:

    def tqdm(iterable, **kwargs):
        return iterable


def describe_batch(loader):
    data_iter = iter(loader)
    x, y = next(data_iter)
    print("shape", x.shape)
    return {"sample_shape": tuple(x.shape), "sample_dtype": x.dtype, "label_shape": tuple(y.shape), "label_dtype": y.dtype}


class MLP(nn.Module):
    def __init__(self):
        super(MLP, self).__init__()
        self.fc1 = nn.Linear(28 * 28, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = x.view(-1, 28 * 28)
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        return self.fc3(x)


class CNN(nn.Module):
    def __init__(self):
        super(CNN, self).__init__()
        self.conv1 = nn.Conv2d(in_channels=1, out_channels=32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
        self.conv2 = nn.Conv2d(in_channels=32, out_channels=64, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
        self.conv3 = nn.Conv2d(in_channels=64, out_channels=128, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
        self.pool = nn.AdaptiveMaxPool2d((1, 1))
        self.fc1 = nn.Linear(128, 64)
        self.fc2 = nn.Linear(64, 10)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = self.relu(self.conv2(x))
        x = self.relu(self.conv3(x))
        x = self.pool(x)
        x = x.squeeze(3).squeeze(2)
        x = self.relu(self.fc1(x))
        x = self.fc2(x)
        return x


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    for i, data in enumerate(tqdm(loader, desc="train", leave=False)):
        inputs, labels = data
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        if i % log_every == 0:
            print(f"batch {i}, loss {loss.item():.4f}")
            losses.append(loss.item())
    return losses


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device)
    model.eval()
    running_loss = 0.0
    correct = 0
    total = 0
    with torch.no_grad():
        for data in loader:
            images, labels = data[0].to(device), data[1].to(device)
            outputs = model(images)
            running_loss += criterion(outputs, labels).item()
            _, predicted = torch.max(outputs.data, 1)
            total += labels.size(0)
            correct += (predicted == labels).sum().item()
    print(f"Accuracy: {100 * correct / total:.2f} %")
    return running_loss / len(loader), correct / total


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    train_steps, train_losses, test_steps, test_losses, test_accuracy, epoch_seconds = [], [], [], [], [], []
    start_time = time.time()
    for epoch in range(epochs):
        epoch_start = time.time()
        losses = train_epoch(model, train_loader, optimizer, criterion, device=device, log_every=log_every)
        for j, loss in enumerate(losses):
            train_steps.append(epoch * len(train_loader) + j * log_every + 1)
            train_losses.append(loss)
        test_loss, acc = evaluate(model, test_loader, criterion, device=device)
        test_steps.append((epoch + 1) * len(train_loader))
        test_losses.append(test_loss)
        test_accuracy.append(acc)
        epoch_seconds.append(time.time() - epoch_start)
        print(f"Epoch {epoch + 1}/{epochs}: {epoch_seconds[-1]:.1f} s")
    return {
        "train_steps": train_steps,
        "train_losses": train_losses,
        "test_steps": test_steps,
        "test_losses": test_losses,
        "test_accuracy": test_accuracy,
        "epoch_seconds": epoch_seconds,
        "total_seconds": time.time() - start_time,
    }


def plot_losses(history):
    fig = plt.figure(figsize=(10, 5))
    plt.plot(history["train_steps"], history["train_losses"], label="train loss")
    plt.plot(history["test_steps"], history["test_losses"], "ro", label="test loss")
    plt.yscale("log")
    plt.xlabel("Training steps")
    plt.ylabel("Loss")
    plt.legend()
    plt.show()
    return fig


def profile_model(model, input_shape):
    import copy

    from thop import profile

    x = torch.randn(1, *input_shape[1:])
    macs, params = profile(copy.deepcopy(model), inputs=(x,), verbose=False)
    return macs, params
