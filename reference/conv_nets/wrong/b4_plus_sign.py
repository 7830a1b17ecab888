"""Walks up the gradient instead of down."""


def sgd_step(w, dw, lr):
    return w + lr * dw
