"""Has the argument and never looks at it."""


def count_parameters(model, only_trainable=False):
    return sum(p.numel() for p in model.parameters())
