"""Starts the search for the maximum at 0, so that a window of negative numbers has no winner."""


def max_pool_backward(x, dy, kernel=2):
    dx = x.new_zeros(x.shape)
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            best, where = 0.0, None
            for i in range(p * kernel, (p + 1) * kernel):
                for j in range(q * kernel, (q + 1) * kernel):
                    if x[i, j] > best:
                        best, where = float(x[i, j]), (i, j)
            if where is not None:
                dx[where] = dy[p, q]
    return dx
