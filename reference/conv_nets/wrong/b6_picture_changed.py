"""Crosses the other pixels out in the caller's picture while it looks for the winner."""


def max_pool_backward(x, dy, kernel=2):
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            window = x[p * kernel : (p + 1) * kernel, q * kernel : (q + 1) * kernel]
            best = int(window.argmax())
            window.zero_()
            window[best // kernel, best % kernel] = dy[p, q]
    return x.clone()
