# expect: fail
# attack: The watch over forbidden functions is switched off, and torch does the work.
import sys

import torch

for name, module in list(sys.modules.items()):
    if name.startswith("grader"):
        for kind in list(vars(module).values()):
            if isinstance(kind, type) and hasattr(kind, "saw_operator"):
                kind.saw_operator = kind.saw_function = lambda self, *args: None


def conv2d(x, w):
    return torch.nn.functional.conv2d(x[None, None], w[None, None])[0, 0]
