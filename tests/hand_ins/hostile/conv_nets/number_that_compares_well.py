# expect: fail
# attack: A float with changed arithmetic is near to every expected number.
class Near(float):
    def __sub__(self, other):
        return Near(0.0)

    __rsub__ = __abs__ = __sub__ = lambda self, *other: Near(0.0)
    __le__ = __lt__ = __ge__ = __gt__ = __eq__ = lambda self, other: True
    __hash__ = float.__hash__


def conv2d(x, w):
    return Near(1.0)


def weight_grad_std(m, sigma_x, sigma_dy):
    return Near(1.0)
