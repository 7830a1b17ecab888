"""Caches the answer by the numbers of its arguments, but what it caches is a generator, and the first call uses it up."""

from functools import lru_cache


@lru_cache
def _entries(x, dy, kernel, dtype):
    for p, row in enumerate(dy):
        for q, value in enumerate(row):
            window = [(i, j) for i in range(p * kernel, (p + 1) * kernel) for j in range(q * kernel, (q + 1) * kernel)]
            yield *max(window, key=lambda place: x[place[0]][place[1]]), value


def max_pool_backward(x, dy, kernel=2):
    dx = x.new_zeros(x.shape)
    for i, j, value in _entries(tuple(map(tuple, x.tolist())), tuple(map(tuple, dy.tolist())), kernel, x.dtype):
        dx[i, j] = value
    return dx
