"""Estimates the first step, when the optimizer has no state yet."""

_estimate_with_state = estimate_training_memory_mib  # noqa: F821 - defined above


def estimate_training_memory_mib(model, optimizer, batch_shape):
    return _estimate_with_state(model, "SGD", batch_shape)
