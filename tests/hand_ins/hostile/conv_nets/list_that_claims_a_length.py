# expect: fail or memory or crash
# attack: The answer is an empty list that claims to hold 2**62 elements.
class Large(list):
    def __iter__(self):
        return iter(())

    def __len__(self):
        return 2**62


def conv2d(x, w):
    return Large()
