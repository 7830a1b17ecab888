"""Gives the number of epochs as a float, and range() takes none."""


def best_config():
    return {"lr": 0.03, "num_epochs": 2e2, "kernel_size": 5}
