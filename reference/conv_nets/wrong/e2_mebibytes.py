"""Divides by 2**20, which gives MiB."""


def model_size_mb(model):
    return sum(p.numel() * p.element_size() for p in model.parameters()) / 2**20
