# expect: error
# attack: The function raises KeyboardInterrupt.
def conv2d(x, w):
    raise KeyboardInterrupt
