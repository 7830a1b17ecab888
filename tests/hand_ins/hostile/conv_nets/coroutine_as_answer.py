# expect: fail
# attack: The function is a coroutine that nobody awaits.
def correlate(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))


async def conv2d(x, w):
    return correlate(x, w)
