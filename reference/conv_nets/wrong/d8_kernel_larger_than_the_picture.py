"""Has a kernel of 64 x 64 for pictures of 28 x 28."""


def best_config():
    return {"lr": 0.03, "num_epochs": 200, "kernel_size": 64}
