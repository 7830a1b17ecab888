"""Lets plain SGD remember as much as SGD with momentum does."""


def optimizer_state_mb(model, optimizer):
    kept = {"SGD": 1, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}
    if optimizer not in kept:
        raise ValueError(f"no optimizer {optimizer!r}")
    return kept[optimizer] * sum(p.nbytes for p in model.parameters() if p.requires_grad) / 10**6
