"""Keeps state for every parameter, also for those that are not trained."""


def optimizer_state_mb(model, optimizer):
    kept = {"SGD": 0, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}
    if optimizer not in kept:
        raise ValueError(f"no optimizer {optimizer!r}")
    return kept[optimizer] * sum(p.nbytes for p in model.parameters()) / 10**6
