# expect: pass
# attack: 200 MB are printed while the file is loaded, and the answer is right.
line = "still learning " * 70
for _ in range(200_000):
    print(line)


def conv2d(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))
