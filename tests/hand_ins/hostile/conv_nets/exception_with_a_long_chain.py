# expect: error
# attack: The exception has ten thousand causes and is at last its own.
def conv2d(x, w):
    error = first = ValueError("first")
    for number in range(10_000):
        cause, error = error, ValueError(number)
        error.__cause__ = error.__context__ = cause
    first.__cause__ = error
    raise error
