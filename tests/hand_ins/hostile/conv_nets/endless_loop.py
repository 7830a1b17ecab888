# expect: timeout
# attack: The function never comes back.
def conv2d(x, w):
    while True:
        pass
