"""Adds up all that autograd saves, and what two layers save counts twice; weights, too."""

import copy

import torch


def estimate_training_memory_mib(model, optimizer, batch_shape):
    twin, saved = copy.deepcopy(model).to("meta").train(), []

    def note(tensor):
        saved.append(tensor.nbytes)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        twin(torch.empty(batch_shape, device="meta"))
    copies = {"SGD": 2, "SGD_WITH_MOMENTUM": 3, "ADAM": 4}[optimizer]
    return (copies * sum(p.nbytes for p in model.parameters()) + sum(saved)) / 2**20
