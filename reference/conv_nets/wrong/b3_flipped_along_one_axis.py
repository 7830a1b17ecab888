"""Mirrors the kernel instead of turning it: one axis is flipped and the other is not."""


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    padded = dy.new_zeros(dy.shape[0] + 2 * k - 2, dy.shape[1] + 2 * k - 2)
    padded[k - 1 : k - 1 + dy.shape[0], k - 1 : k - 1 + dy.shape[1]] = dy
    return (padded.unfold(0, k, 1).unfold(1, k, 1) * w.flip(0)).sum((-1, -2))
