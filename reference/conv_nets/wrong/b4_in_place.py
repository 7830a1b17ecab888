"""Changes the caller's weights; the result must be a new tensor."""


def sgd_step(w, dw, lr):
    w -= lr * dw
    return w
