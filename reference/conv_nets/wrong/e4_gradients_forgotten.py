"""Counts weights, optimizer state, activations and input, and forgets that there are gradients."""

_whole_estimate = estimate_training_memory_mib  # noqa: F821 - defined above


def estimate_training_memory_mib(model, optimizer, batch_shape):
    gradients = sum(p.nbytes for p in model.parameters() if p.requires_grad)
    return _whole_estimate(model, optimizer, batch_shape) - gradients / 2**20
