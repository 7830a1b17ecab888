"""Answers in bytes."""

_estimate_in_mib = estimate_training_memory_mib  # noqa: F821 - defined above


def estimate_training_memory_mib(model, optimizer, batch_shape):
    return _estimate_in_mib(model, optimizer, batch_shape) * 2**20
