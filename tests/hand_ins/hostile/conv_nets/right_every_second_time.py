# expect: fail
# attack: Every second answer is right, so that a failure cannot be repeated.
def correlate(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))


calls = 0


def conv2d(x, w):
    global calls
    calls += 1
    return correlate(x, w) + calls % 2
