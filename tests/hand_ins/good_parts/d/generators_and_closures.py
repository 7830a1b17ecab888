"""Generators for loops, lazy layers, arrays instead of tensors, counters instead of matrices."""

import functools
from collections import Counter

import numpy as np
import torch
import torchvision.transforms.functional as TF
from provided import EdgeDetectionDataset
from torch import nn
from torch.utils.data import DataLoader


def collate(samples):
    images, labels = zip(*samples)
    return torch.stack([TF.to_tensor(image) for image in images]), torch.as_tensor(labels)


def make_loaders(images_per_class, batch_size=10, **domain):
    domain.setdefault("possible_edge_location_ratio", 1.0)
    loaders = {}
    for domain["data_per_class"] in images_per_class:
        dataset = EdgeDetectionDataset(domain, mode="train")
        loaders[len(dataset) // len(dataset.class_type)] = DataLoader(
            dataset, batch_size=batch_size, shuffle=True, collate_fn=collate, drop_last=False
        )
    return loaders


class SimpleCNN(nn.Module):
    def __init__(self, num_filters=3, kernel_size=7, num_classes=3):
        super().__init__()
        lazy = functools.partial(nn.LazyConv2d, num_filters, kernel_size, padding=(kernel_size - 1) // 2)
        self.conv1, self.conv2, self.fc = lazy(), lazy(), nn.LazyLinear(num_classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x), kernel_size=2, stride=2).clamp(min=0)
        x = self.conv2(x).clamp_min(0)
        return self.fc(torch.einsum("bchw->bc", x) / (x.shape[2] * x.shape[3]))


class ThreeLayerMLP(nn.Module):
    def __init__(self, input_dim=(1, 28, 28), hidden_dims=(10, 10), num_classes=3):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.LazyLinear(hidden_dims[0]), nn.LazyLinear(hidden_dims[1]), nn.LazyLinear(num_classes)

    def forward(self, x):
        for layer in (self.fc1, self.fc2):
            x = layer(x.flatten(start_dim=1)).relu()
        return self.fc3(x)


def batches(model, loader, device):
    for x, y in iter(loader):
        x, y = x.to(torch.device(device)), y.to(torch.device(device))
        yield model(x), y


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train(True)

    def steps():
        for index, (logits, y) in enumerate(batches(model, loader, device)):
            optimizer.zero_grad(set_to_none=bool(index % 2))
            loss = criterion(logits, y)
            loss.backward()
            optimizer.step()
            yield loss.item() * y.shape[0], (logits.max(dim=1).indices == y).sum().item(), y.shape[0]

    loss, right, count = np.array(list(steps())).sum(axis=0)
    return loss / count, right / count


def evaluate(model, criterion, loader, device="cpu"):
    model.train(False)
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        total, pairs, size = 0.0, Counter(), 0
        for logits, y in batches(model, loader, device):
            total += float(criterion(logits, y)) * y.size(0)
            pairs.update(zip(y.tolist(), torch.max(logits, 1)[1].tolist()))
            size = logits.size(1)
    finally:
        torch.set_grad_enabled(before)
    matrix = np.zeros((size, size), dtype=np.int64)
    for (true, predicted), number in pairs.items():
        matrix[true][predicted] = number
    return total / matrix.sum(), np.trace(matrix) / matrix.sum(), matrix


def freeze_conv_layers(model):
    convolutions = [m for _, m in model.named_modules() if isinstance(m, torch.nn.modules.conv._ConvNd)]
    [p.requires_grad_(False) for m in convolutions for p in (m.weight, m.bias) if p is not None]


def permute_pixels(images, permutation, inverse=False):
    order = permutation.argsort() if inverse else permutation
    return torch.index_select(images.flatten(-2), -1, order).view_as(images)


unpermute_pixels = functools.partial(permute_pixels, inverse=True)


def best_config():
    found = {}
    found["kernel_size"], found["num_epochs"], found["lr"] = 3, 200, 0.03
    return found
