"""Learns with a rate at which every network dies."""


def best_config():
    return {"lr": 0.5, "num_epochs": 100, "kernel_size": 7}
