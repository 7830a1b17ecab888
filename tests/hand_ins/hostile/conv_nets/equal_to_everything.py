# expect: fail
# attack: The answer is an object that is equal to everything and has every attribute.
class Anything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __bool__(self):
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = object.__hash__
    __sub__ = __rsub__ = __add__ = __abs__ = lambda self, *other: self


def conv2d(x, w):
    return Anything()
