"""Runs the forward pass on the model that it was given: batch normalisation takes the made-up batch into its means."""

import torch


def estimate_training_memory_mib(model, optimizer, batch_shape):
    device = next(model.parameters()).device
    batch, saved = torch.zeros(batch_shape, device=device), {}

    def note(tensor):
        saved[id(tensor.untyped_storage())] = tensor.untyped_storage()
        return tensor

    for tensor in (batch, *model.parameters(), *model.buffers()):
        note(tensor)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        model.train()(batch)
    copies = {"SGD": 1, "SGD_WITH_MOMENTUM": 2, "ADAM": 3}[optimizer]
    more = copies * sum(p.nbytes for p in model.parameters() if p.requires_grad)
    return (more + sum(storage.nbytes() for storage in saved.values())) / 2**20
