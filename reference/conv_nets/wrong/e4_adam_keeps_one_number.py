"""Lets Adam remember one number for each parameter."""

_right_estimate = estimate_training_memory_mib  # noqa: F821 - defined above


def estimate_training_memory_mib(model, optimizer, batch_shape):
    return _right_estimate(model, "SGD" if optimizer == "SGD" else "SGD_WITH_MOMENTUM", batch_shape)
