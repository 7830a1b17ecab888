"""Counts the gradient as a part of what the optimizer remembers: one number more for each."""


def optimizer_state_mb(model, optimizer):
    kept = {"SGD": 1, "SGD_WITH_MOMENTUM": 2, "ADAM": 3}
    if optimizer not in kept:
        raise ValueError(f"no optimizer {optimizer!r}")
    return kept[optimizer] * sum(p.nbytes for p in model.parameters() if p.requires_grad) / 10**6
