"""Part E: a formula over the layers' outputs that knows what autograd keeps; sets, binary search, NumPy's numbers."""

import copy

import numpy as np
import torch
from torch import nn

STATES = dict(SGD=0, SGD_WITH_MOMENTUM=1, ADAM=2)


def _unique(model):
    return {id(p): p for p in model.parameters()}.values()


def count_parameters(model, only_trainable=False):
    numbers = [np.prod(tuple(p.shape), dtype=np.int64) for p in _unique(model) if p.requires_grad or not only_trainable]
    return np.int64(sum(numbers))


def model_size_mb(model):
    return np.float64(sum(p.nbytes for p in _unique(model)) / 1e6)


def optimizer_state_mb(model, optimizer):
    try:
        number = STATES[optimizer]
    except KeyError:
        raise ValueError(f"unknown optimizer: {optimizer}") from None
    return torch.tensor(number * sum(p.nbytes for p in _unique(model) if p.requires_grad) / 1e6, dtype=torch.float64)


def estimate_training_memory_mib(model, optimizer, batch_shape):
    shadow = copy.deepcopy(model).to(device="meta")
    total = [4 * int(np.prod(batch_shape))]

    def count(layer, args, output):
        if isinstance(layer, nn.MaxPool2d):
            total[0] += output.numel() * 8  # where the maxima were
        if isinstance(layer, nn.Flatten):
            return  # a view
        if isinstance(layer, nn.ReLU) and layer.inplace:
            return  # writes into its input
        total[0] += output.numel() * 4

    for layer in shadow.modules():
        if len(list(layer.children())) == 0:
            layer.register_forward_hook(count)
    shadow(torch.zeros(*batch_shape, device="meta"))
    weights = 4 * int(count_parameters(model))
    trained = 4 * int(count_parameters(model, True))
    return (weights + trained * (1 + STATES[optimizer]) + total[0]) / 1024 / 1024


def largest_batch_size(candidates, fits):
    sizes = sorted(candidates)
    low, high = 0, len(sizes)
    while low < high:
        middle = (low + high) // 2
        try:
            good = bool(fits(sizes[middle]))
        except torch.cuda.OutOfMemoryError:
            good = False
        if good:
            low = middle + 1
        else:
            high = middle
    return np.int64(sizes[low - 1]) if low else None


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    for p in model.parameters():
        p.grad = None
    n, total = inputs.shape[0], torch.zeros(())
    for x, y in zip(torch.split(inputs, micro_batch), torch.split(targets, micro_batch)):
        loss = criterion(model(x), y) * x.shape[0]
        (loss / n).backward()
        total += loss.detach()
    return total / n


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    return np.minimum(base_lr / base_batch * batch_size, cap)
