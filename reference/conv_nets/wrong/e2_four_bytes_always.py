"""Takes four bytes for every number, also in half and double precision."""


def model_size_mb(model):
    return sum(p.numel() * 4 for p in model.parameters()) / 10**6
