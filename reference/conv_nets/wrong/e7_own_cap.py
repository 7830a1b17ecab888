"""Has the cap of the example in the code and does not look at the argument, unless that is larger."""


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    return min(base_lr * batch_size / base_batch, max(cap, 0.0064))
