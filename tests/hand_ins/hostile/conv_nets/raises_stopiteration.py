# expect: error
# attack: The function raises StopIteration.
def conv2d(x, w):
    raise StopIteration
