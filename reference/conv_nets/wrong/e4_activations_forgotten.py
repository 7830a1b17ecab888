"""Counts weights, gradients and state alone: the batch has no part in it."""


def estimate_training_memory_mib(model, optimizer, batch_shape):
    copies = {"SGD": 2, "SGD_WITH_MOMENTUM": 3, "ADAM": 4}[optimizer]
    return copies * sum(p.nbytes for p in model.parameters()) / 2**20
