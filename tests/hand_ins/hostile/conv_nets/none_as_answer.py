# expect: fail
# attack: The answer is None.
def conv2d(x, w):
    return None
