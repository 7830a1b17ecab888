"""Counts the tensors and not the numbers in them."""


def count_parameters(model, only_trainable=False):
    return len([p for p in model.parameters() if p.requires_grad or not only_trainable])
