# expect: timeout
# attack: The function prints for ever.
def conv2d(x, w):
    while True:
        print("x" * 1000)
