"""Adds up layer by layer: a parameter that two layers hold has two states."""


def optimizer_state_mb(model, optimizer):
    kept = {"SGD": 0, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}
    if optimizer not in kept:
        raise ValueError(f"no optimizer {optimizer!r}")
    own = [p for module in model.modules() for p in module.parameters(recurse=False) if p.requires_grad]
    return kept[optimizer] * sum(p.nbytes for p in own) / 10**6
