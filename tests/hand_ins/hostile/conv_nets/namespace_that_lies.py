# expect: fail or missing or crash
# attack: The module puts another object in its own place and deletes its names.
import sys


class Everything:
    def __getattr__(self, name):
        return lambda *args, **kwargs: True

    def __contains__(self, name):
        return True


def conv2d(x, w):
    return True


for name in [name for name, module in sys.modules.items() if getattr(module, "__dict__", None) is globals()]:
    sys.modules[name] = Everything()
globals()[7] = globals()[None] = "names that are no text"
