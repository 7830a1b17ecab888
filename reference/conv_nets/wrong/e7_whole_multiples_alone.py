"""Rounds the multiple of the base batch down."""


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    return min(base_lr * max(1, batch_size // base_batch), cap)
