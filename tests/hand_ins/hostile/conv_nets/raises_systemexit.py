# expect: error
# attack: The function raises SystemExit.
def conv2d(x, w):
    raise SystemExit
