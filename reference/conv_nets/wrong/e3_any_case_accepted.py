"""Takes "adam" for "ADAM"."""

_strict_state_mb = optimizer_state_mb  # noqa: F821 - defined above


def optimizer_state_mb(model, optimizer):
    return _strict_state_mb(model, optimizer.upper())
