"""Takes a parameter for a byte: "58 million parameters, so 58 MB"."""


def model_size_mb(model):
    return sum(p.numel() for p in model.parameters()) / 10**6
