"""Leaves out frozen parameters, which lie in memory all the same."""


def model_size_mb(model):
    return sum(p.numel() * p.element_size() for p in model.parameters() if p.requires_grad) / 10**6
