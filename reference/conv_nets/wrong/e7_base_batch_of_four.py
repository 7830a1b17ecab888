"""Divides by 4 whatever the base is."""


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    return min(base_lr * batch_size / 4, cap)
