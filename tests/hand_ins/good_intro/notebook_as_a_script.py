# In[1]:
"""What an exported notebook looks like: everything global, experiments between the functions, names used twice."""
import time

import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(42)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print("Using", device)

# In[2]:
x_fake, y_fake = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
train_loader = DataLoader(TensorDataset(x_fake, y_fake), batch_size=16, shuffle=True)
test_loader = DataLoader(TensorDataset(x_fake, y_fake), batch_size=16)


def describe_batch(loader):
    images, labels = next(iter(loader))
    return {"sample_shape": tuple(images.shape), "sample_dtype": images.dtype, "label_shape": tuple(labels.shape), "label_dtype": labels.dtype}


describe_batch(train_loader)


# In[3]:
class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(28 * 28, 128),
            nn.ReLU(),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits


model = MLP().to(device)
print(model)


# In[4]:
def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    for batch, (X, y) in enumerate(loader):
        X, y = X.to(device), y.to(device)
        pred = model(X)
        loss = criterion(pred, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if batch % log_every == 0:
            loss, current = loss.item(), (batch + 1) * len(X)
            losses.append(loss)
    return losses


def evaluate(model, loader, criterion, device="cpu"):
    size = len(loader.dataset)
    num_batches = len(loader)
    model.to(device)
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in loader:
            X, y = X.to(device), y.to(device)
            pred = model(X)
            test_loss += criterion(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= num_batches
    correct /= size
    return test_loss, correct


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    history = {"train_steps": [], "train_losses": [], "test_steps": [], "test_losses": [], "test_accuracy": [], "epoch_seconds": [], "total_seconds": 0.0}
    for t in range(epochs):
        start = time.time()
        losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every)
        history["train_losses"] = history["train_losses"] + losses
        history["train_steps"] = history["train_steps"] + [t * len(train_loader) + i * log_every + 1 for i in range(len(losses))]
        test_loss, test_acc = evaluate(model, test_loader, criterion, device)
        history["test_steps"].append((t + 1) * len(train_loader))
        history["test_losses"].append(test_loss)
        history["test_accuracy"].append(test_acc)
        history["epoch_seconds"].append(time.time() - start)
    history["total_seconds"] = sum(history["epoch_seconds"])
    return history


# In[5]:
optimizer = optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
history = fit(model, train_loader, test_loader, optimizer, criterion, epochs=1, device=device, log_every=2)


# In[6]:
def plot_losses(history):
    fig, ax = plt.subplots(figsize=(8, 5))
    ax.plot(history["train_steps"], history["train_losses"], label="Training loss", color="C0")
    ax.plot(history["test_steps"], history["test_losses"], label="Test loss", color="C1", marker="o", linestyle="--")
    ax.set_yscale("log")
    ax.set_xlabel("Optimization step")
    ax.set_ylabel("Cross-entropy loss (log)")
    ax.legend()
    ax.grid(True)
    plt.tight_layout()
    plt.show()
    return fig


plot_losses(history)


# In[7]:
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_stack = nn.Sequential(
            nn.Conv2d(1, 32, 3, stride=1, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 128, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d((1, 1)),
        )
        self.flatten = nn.Flatten()
        self.linear_stack = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        return self.linear_stack(self.flatten(self.conv_stack(x)))


model = CNN()
optimizer = optim.Adam(model.parameters())
losses = train_epoch(model, train_loader, optimizer, criterion, log_every=1)


# In[8]:
def profile_model(model, input_shape):
    macs = 0

    def hook(layer, inp, out):
        nonlocal macs
        if isinstance(layer, nn.Conv2d):
            macs += out.shape[2] * out.shape[3] * layer.weight.numel()
        else:
            macs += layer.weight.numel()

    hooks = [l.register_forward_hook(hook) for l in model.modules() if isinstance(l, (nn.Conv2d, nn.Linear))]
    state = model.training
    model.eval()
    with torch.no_grad():
        model(torch.randn(input_shape))
    for h in hooks:
        h.remove()
    model.train(state)
    return macs, sum(p.numel() for p in model.parameters())


macs, params = profile_model(model, (1, 1, 28, 28))
print(f"{macs / 1e6:.2f} M MACs, {params / 1e3:.1f} k parameters")

answer_w4 = """
The training loss still falls after 20 epochs, the test loss is flat from epoch 14 on. I would stop there.
"""
answer_w10 = "MACs explain the direction, parameters do not."
