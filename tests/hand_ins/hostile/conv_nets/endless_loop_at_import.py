# expect: timeout
# attack: The file never comes to its end.
def conv2d(x, w):
    return x


while True:
    pass
