"""Adds up layer by layer: a parameter that two layers hold counts twice."""


def model_size_mb(model):
    return sum(p.nbytes for module in model.modules() for p in module.parameters(recurse=False)) / 10**6
