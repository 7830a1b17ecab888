"""Counts weights alone: biases, and what batch normalisation learns, have one dimension."""


def count_parameters(model, only_trainable=False):
    return sum(p.numel() for p in model.parameters() if p.dim() > 1 and (p.requires_grad or not only_trainable))
