"""Adds the buffers, as many a snippet on the web does."""


def model_size_mb(model):
    parameters = sum(p.numel() * p.element_size() for p in model.parameters())
    return (parameters + sum(b.numel() * b.element_size() for b in model.buffers())) / 10**6
