"""Turns the caller's kernel instead of a copy of it."""


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    padded = dy.new_zeros(dy.shape[0] + 2 * k - 2, dy.shape[1] + 2 * k - 2)
    padded[k - 1 : k - 1 + dy.shape[0], k - 1 : k - 1 + dy.shape[1]] = dy
    w[:] = w.flip(0, 1)
    return (padded.unfold(0, k, 1).unfold(1, k, 1) * w).sum((-1, -2))
