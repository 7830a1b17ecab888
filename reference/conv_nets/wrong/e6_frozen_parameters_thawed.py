"""Gives every parameter a gradient of zeros to begin with, also those that are frozen."""

import torch


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    total = 0.0
    for i in range(0, len(inputs), micro_batch):
        x, y = inputs[i : i + micro_batch], targets[i : i + micro_batch]
        loss = criterion(model(x), y) * (len(x) / len(inputs))
        loss.backward()
        total += loss.item()
    return total
