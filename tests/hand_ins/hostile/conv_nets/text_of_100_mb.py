# expect: fail or memory or crash
# attack: The answer is a text of 100 MB.
def conv2d(x, w):
    return "<b>pass</b>" * 10_000_000
