# expect: error
# attack: The text of the exception cannot be had: asking for it raises another one.
class Silent(Exception):
    def __str__(self):
        raise Silent

    __repr__ = __str__


def conv2d(x, w):
    raise Silent
