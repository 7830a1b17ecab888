"""Answers in MiB."""

_state_in_mb = optimizer_state_mb  # noqa: F821 - defined above


def optimizer_state_mb(model, optimizer):
    return _state_in_mb(model, optimizer) * 10**6 / 2**20
