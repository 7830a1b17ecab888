# expect: fail
# attack: The first twenty answers are right and all later ones are wrong.
def correlate(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))


calls = 0


def conv2d(x, w):
    global calls
    calls += 1
    return correlate(x, w) + (calls > 20)
