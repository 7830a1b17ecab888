"""Tests `not lr` for a missing learning rate, so that a rate of 0 becomes 0.01."""


def sgd_step(w, dw, lr=None):
    if not lr:
        lr = 0.01
    return w - lr * dw
