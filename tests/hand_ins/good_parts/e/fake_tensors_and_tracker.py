"""Part E: the step is really run, on fake tensors under torch's own memory tracker; gradients come from torch.autograd.grad."""

import copy
from functools import cache

import torch
import torch.nn.functional as F


class Counter:
    def __call__(self, model, only_trainable=False):
        yes = (lambda p: p.requires_grad) if only_trainable else (lambda p: True)
        return torch.tensor(sum(p.numel() for p in filter(yes, model.parameters())))


count_parameters = Counter()


def model_size_mb(model):
    total = 0
    for _, parameter in model.named_parameters():
        total += parameter.element_size() * parameter.nelement()
    return total / 1_000_000


def optimizer_state_mb(model, optimizer):
    match optimizer:
        case "SGD":
            factor = 0
        case "SGD_WITH_MOMENTUM":
            factor = 1
        case "ADAM":
            factor = 2
        case other:
            raise ValueError("unknown optimizer " + repr(other))
    return factor * sum(p.element_size() * p.numel() for p in model.parameters() if p.requires_grad) / 1_000_000


def _optimizer(name, parameters):
    if name == "ADAM":
        return torch.optim.Adam(parameters, foreach=True)
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9 if "MOMENTUM" in name else 0, foreach=True)


def estimate_training_memory_mib(model, optimizer, batch_shape):
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.distributed._tools.mem_tracker import MemTracker

    twin = copy.deepcopy(model)
    with FakeTensorMode(allow_non_fake_inputs=True):
        for module in twin.modules():
            for name, p in list(module._parameters.items()):
                if p is not None:
                    module._parameters[name] = torch.nn.Parameter(torch.empty(p.shape), requires_grad=p.requires_grad)
            for name, b in list(module._buffers.items()):
                if b is not None:
                    module._buffers[name] = torch.empty(b.shape, dtype=b.dtype)
        twin.train()
        opt = _optimizer(optimizer, [p for p in twin.parameters() if p.requires_grad])
        tracker = MemTracker()
        tracker.track_external(twin, opt)
        with tracker:
            for step in range(2):
                x, y = torch.empty(*batch_shape), torch.zeros(batch_shape[0], dtype=torch.long)
                loss = F.cross_entropy(twin(x), y)
                opt.zero_grad()
                loss.backward()
                opt.step()
                del x, y, loss
                tracker.reset_mod_stats()
        return max(device["Total"] for device in tracker.get_tracker_snapshot("peak").values()) / 2**20


def largest_batch_size(candidates, fits):
    @cache
    def ok(b):
        try:
            return fits(b)
        except RuntimeError as error:
            if not isinstance(error, torch.OutOfMemoryError):
                raise
            return False

    return max(filter(ok, candidates), default=None)


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    trained = [p for p in model.parameters() if p.requires_grad]
    sums, loss_sum, n = None, 0.0, len(targets)
    for start in range(0, n, micro_batch):
        x, y = inputs[start:][:micro_batch], targets[start:][:micro_batch]
        loss = criterion(model(x), y) * len(y) / n
        new = torch.autograd.grad(loss, trained)
        sums = new if sums is None else [old + more for old, more in zip(sums, new)]
        loss_sum += float(loss)
    for p, g in zip(trained, sums):
        p.grad = g
    return loss_sum


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    lr = base_lr * (batch_size / base_batch)
    return cap if lr > cap else lr
