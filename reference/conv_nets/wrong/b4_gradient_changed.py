"""Multiplies the caller's gradient in place before subtracting it."""


def sgd_step(w, dw, lr):
    return w - dw.mul_(lr)
