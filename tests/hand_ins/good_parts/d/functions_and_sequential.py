"""Functions that build nn.Sequential, pictures made once into a TensorDataset, scikit-learn's confusion matrix."""

from collections import OrderedDict

import numpy as np
import torch
from provided import EdgeDetectionDataset
from sklearn.metrics import confusion_matrix
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = OrderedDict()
    for n in reversed(list(images_per_class)):
        edges = EdgeDetectionDataset(dict(domain, data_per_class=n))
        x = torch.stack([torch.from_numpy(np.array(image, dtype=np.float32) / 255).unsqueeze(0) for image, _ in edges])
        y = torch.tensor([label for _, label in edges])
        loaders[n] = DataLoader(TensorDataset(x, y), batch_size, shuffle=True, generator=torch.Generator().manual_seed(n))
    return loaders


def SimpleCNN(num_filters=3, kernel_size=7, num_classes=3):
    p = (kernel_size - 1) // 2
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, num_filters, kernel_size, padding=p),
            pool=nn.MaxPool2d(2),
            relu1=nn.ReLU(inplace=True),
            conv2=nn.Conv2d(num_filters, num_filters, kernel_size, padding=p),
            relu2=nn.ReLU(inplace=True),
            average=nn.AdaptiveAvgPool2d(1),
            flat=nn.Flatten(),
            fc=nn.Linear(num_filters, num_classes),
        )
    )


def ThreeLayerMLP(input_dim=(1, 28, 28), hidden_dims=(10, 10), num_classes=3):
    a, b = hidden_dims
    layers = OrderedDict(flatten=nn.Flatten(), fc1=nn.Linear(int(np.prod(input_dim)), a), r1=nn.ReLU())
    layers.update(fc2=nn.Linear(a, b), r2=nn.ReLU(), fc3=nn.Linear(b, num_classes))
    return nn.Sequential(layers)


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    losses, hits = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = model(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        losses += [loss.detach()] * len(y)
        hits += (out.argmax(-1) == y).tolist()
    return torch.stack(losses).mean(), np.mean(hits)


def evaluate(model, criterion, loader, device="cpu"):
    model.eval()
    with torch.inference_mode():
        outputs = [(model(x.to(device)).cpu(), y) for x, y in loader]
        logits = torch.cat([o for o, _ in outputs])
        truth = torch.cat([y for _, y in outputs])
        loss = criterion(logits, truth).item()
    guesses = logits.argmax(1)
    matrix = confusion_matrix(truth.numpy(), guesses.numpy(), labels=np.arange(logits.shape[1]))
    return loss, np.float32(matrix.trace() / matrix.sum()), matrix


def freeze_conv_layers(model):
    for child in model.children():
        freeze_conv_layers(child)
    if isinstance(model, nn.modules.conv._ConvNd):
        for name in ("weight", "bias"):
            parameter = getattr(model, name)
            if parameter is not None:
                parameter.requires_grad_(False)
    return model


def permute_pixels(images, permutation):
    b, c, h, w = images.shape
    index = permutation.expand(b, c, h * w)
    return torch.gather(images.reshape(b, c, h * w), 2, index).view(b, c, h, w)


def unpermute_pixels(images, permutation):
    b, c, h, w = images.shape
    index = permutation.expand(b, c, h * w)
    flat = images.reshape(b, c, h * w)
    return torch.zeros_like(flat).scatter_(2, index, flat).view(b, c, h, w)


def best_config():
    return {"lr": np.float64(0.1), "num_epochs": np.int64(100), "kernel_size": torch.tensor(5), "note": "three seeds tried"}
