# expect: error or crash
# attack: The class of the exception lies about its name and its ancestors and raises when it is asked.
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit(0)

    def __getattribute__(cls, name):
        if name in {"__mro__", "__module__", "__qualname__"}:
            raise SystemExit(0)
        return super().__getattribute__(name)


class Odd(Exception, metaclass=Meta):
    pass


def conv2d(x, w):
    raise Odd("odd")
