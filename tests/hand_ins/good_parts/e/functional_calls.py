"""Part E: nothing is copied; parameters on the meta device take the place of the real ones for one call."""

import weakref

import torch
from torch import nn
from torch.func import functional_call


def count_parameters(model: nn.Module, only_trainable: bool = False) -> int:
    return sum(p.shape.numel() for p in dict.fromkeys(model.parameters()) if not only_trainable or p.requires_grad)


def _bytes(parameters):
    return sum(p.numel() * torch.finfo(p.dtype).bits // 8 for p in parameters)


def model_size_mb(model: nn.Module) -> float:
    return _bytes(model.parameters()) * 1e-6


def optimizer_state_mb(model: nn.Module, optimizer: str) -> float:
    names = ["SGD", "SGD_WITH_MOMENTUM", "ADAM"]
    if optimizer not in names:
        raise ValueError("use one of " + ", ".join(names))
    return names.index(optimizer) * _bytes(p for p in model.parameters() if p.requires_grad) * 1e-6


def estimate_training_memory_mib(model: nn.Module, optimizer: str, batch_shape) -> float:
    meta = {
        name: nn.Parameter(torch.empty_like(p, device="meta"), requires_grad=p.requires_grad)
        for name, p in model.named_parameters(remove_duplicate=True)
    } | {name: torch.empty_like(b, device="meta") for name, b in model.named_buffers()}
    own = weakref.WeakSet(t.untyped_storage() for t in meta.values())
    held, size = [], 0

    def pack(t):
        nonlocal size
        storage = t.untyped_storage()
        if storage not in own and all(storage is not other for other in held):
            held.append(storage)
            size += storage.nbytes()
        return t

    x = torch.empty(*batch_shape, device="meta")
    was_training = model.training
    model.train()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        pack(x)
        functional_call(model, meta, (x,))
    model.train(was_training)
    base = _bytes(model.parameters()) + _bytes(p for p in model.parameters() if p.requires_grad)
    return (base + size) / 2**20 + optimizer_state_mb(model, optimizer) * 1e6 / 2**20


def largest_batch_size(candidates, fits):
    best = None
    for b in candidates:
        if best is not None and b <= best:
            continue
        try:
            if fits(b):
                best = b
        except torch.OutOfMemoryError:
            pass
    return best


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    model.zero_grad(set_to_none=False)
    losses = []
    for indices in torch.arange(len(inputs)).split(micro_batch):
        share = len(indices) / len(inputs)
        losses.append(share * criterion(model(inputs[indices]), targets[indices]))
        losses[-1].backward()
    return torch.stack(losses).sum().item()


scaled_lr = lambda batch_size, base_lr=1e-4, base_batch=4, cap=0.0064: min(cap, batch_size * base_lr / base_batch)  # noqa: E731
