# expect: error
# attack: The text of the exception is 10 MB long.
class Long(Exception):
    def __str__(self):
        return "<b>pass</b> " * 900_000


def conv2d(x, w):
    raise Long
