"""Divides the gradient by its length, which is another method; a step is lr times the gradient."""


def sgd_step(w, dw, lr):
    return w - lr * dw / (dw.norm() + 1e-12)
