"""Sees the padding with a kernel of 15 x 15, and so learns where in the picture it is."""


def best_config():
    return {"lr": 0.03, "num_epochs": 100, "kernel_size": 15}
