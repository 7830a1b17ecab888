"""Asks autograd for the gradients of all parameters, and it refuses those that are frozen."""

import torch


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    gradients, total = [torch.zeros_like(p) for p in model.parameters()], 0.0
    for i in range(0, len(inputs), micro_batch):
        x, y = inputs[i : i + micro_batch], targets[i : i + micro_batch]
        loss = criterion(model(x), y) * (len(x) / len(inputs))
        for gradient, new in zip(gradients, torch.autograd.grad(loss, list(model.parameters())), strict=True):
            gradient += new
        total += loss.item()
    for p, gradient in zip(model.parameters(), gradients, strict=True):
        p.grad = gradient
    return total
