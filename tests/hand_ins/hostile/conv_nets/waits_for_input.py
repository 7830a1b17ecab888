# expect: fail
# attack: The function waits for somebody to type something.
def conv2d(x, w):
    return input("password of the grader: ")
