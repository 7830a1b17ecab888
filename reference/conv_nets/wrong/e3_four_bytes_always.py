"""Takes four bytes for each number that is kept; state has the dtype of its parameter."""


def optimizer_state_mb(model, optimizer):
    kept = {"SGD": 0, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}
    if optimizer not in kept:
        raise ValueError(f"no optimizer {optimizer!r}")
    return kept[optimizer] * sum(4 * p.numel() for p in model.parameters() if p.requires_grad) / 10**6
