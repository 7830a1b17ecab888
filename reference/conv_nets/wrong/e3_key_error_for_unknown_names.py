"""Looks the name up in a dict and lets the KeyError through."""


def optimizer_state_mb(model, optimizer):
    kept = {"SGD": 0, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}[optimizer]
    return kept * sum(p.nbytes for p in model.parameters() if p.requires_grad) / 10**6
