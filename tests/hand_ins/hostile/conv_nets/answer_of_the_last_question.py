# expect: fail
# attack: Each call is answered with what would have been right the last time.
def correlate(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))


last = None


def conv2d(x, w):
    global last
    answer, last = last, correlate(x, w)
    return answer
