"""Estimates for a single picture whatever the batch."""

_estimate_of_a_batch = estimate_training_memory_mib  # noqa: F821 - defined above


def estimate_training_memory_mib(model, optimizer, batch_shape):
    return _estimate_of_a_batch(model, optimizer, (1, *batch_shape[1:]))
