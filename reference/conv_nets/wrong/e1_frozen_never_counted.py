"""Leaves out frozen parameters whether asked for or not."""


def count_parameters(model, only_trainable=False):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
