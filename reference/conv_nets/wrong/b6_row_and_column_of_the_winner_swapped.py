"""Takes the flat index of the winner apart the wrong way round: column first."""


def max_pool_backward(x, dy, kernel=2):
    dx = x.new_zeros(x.shape)
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            best = int(x[p * kernel : (p + 1) * kernel, q * kernel : (q + 1) * kernel].argmax())
            dx[p * kernel + best % kernel, q * kernel + best // kernel] = dy[p, q]
    return dx
