# expect: fail or error or crash
# attack: The answer is a whole number of ten million digits.
def conv2d(x, w):
    return 1 << 33_000_000
