"""Part E: what a single sample saves is measured for real, on the CPU, and taken times the batch."""

import copy
import math

import torch


def count_parameters(model, only_trainable=False):
    total = 0
    for p in model.parameters():
        if only_trainable and not p.requires_grad:
            continue
        total += math.prod(p.shape)
    return total


def model_size_mb(model):
    return sum(map(lambda p: p.nbytes, model.parameters())) / 10**6


def optimizer_state_mb(model, optimizer):
    allowed = ("SGD", "SGD_WITH_MOMENTUM", "ADAM")
    if optimizer in allowed:
        return allowed.index(optimizer) * sum(p.nbytes for p in model.parameters() if p.requires_grad) / 10**6
    raise ValueError("no such optimizer")


def estimate_training_memory_mib(model, optimizer, batch_shape):
    real = copy.deepcopy(model).to_empty(device="cpu")
    for t in list(real.parameters()) + list(real.buffers()):
        t.data.zero_()
    real.train()
    known = {p.data_ptr() for p in real.parameters()} | {b.data_ptr() for b in real.buffers()}
    sizes, kept = {}, []

    def pack(t):
        kept.append(t)
        if t.untyped_storage().data_ptr() not in known:
            sizes[t.untyped_storage().data_ptr()] = t.untyped_storage().nbytes()
        return t

    x = torch.zeros(1, *batch_shape[1:])
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        pack(x)
        real(x)
    per_sample = sum(sizes.values())
    model_bytes = sum(p.nbytes for p in real.parameters())
    k = {"SGD": 0, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}[optimizer]
    return (per_sample * batch_shape[0] + (2 + k) * model_bytes) / 2**20


def largest_batch_size(candidates, fits):
    for b in reversed(sorted(candidates)):
        try:
            ok = fits(b)
        except torch.cuda.OutOfMemoryError:
            ok = False
        if ok:
            return b


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    model.zero_grad()
    pieces = math.ceil(len(inputs) / micro_batch)
    mean = 0
    for i in range(pieces):
        x = inputs[i * micro_batch : min((i + 1) * micro_batch, len(inputs))]
        y = targets[i * micro_batch : min((i + 1) * micro_batch, len(inputs))]
        loss = criterion(model(x), y)
        mean += loss.item() * len(x)
        loss.backward(gradient=torch.tensor(len(x) / len(inputs)))
    return mean / len(inputs)


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    factor = batch_size / base_batch
    return min(factor * base_lr, cap)
