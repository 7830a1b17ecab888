# expect: error
# attack: The function calls itself for ever.
def conv2d(x, w):
    return conv2d(x, w)
