"""Leaves the kernel out."""


def best_config():
    return {"lr": 0.03, "num_epochs": 200}
