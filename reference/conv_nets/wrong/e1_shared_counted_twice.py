"""Walks over the layers and adds up what each holds: a parameter that two layers hold counts twice."""


def count_parameters(model, only_trainable=False):
    own = [p for module in model.modules() for p in module.parameters(recurse=False)]
    return sum(p.numel() for p in own if p.requires_grad or not only_trainable)
