# expect: error
# attack: The function raises BaseException.
def conv2d(x, w):
    raise BaseException
