# expect: fail or error or timeout or crash
# attack: The functions of the runner that call and answer are replaced.
import sys

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


class Passed(dict):
    def get(self, key, default=None):
        return True


for name, module in list(sys.modules.items()):
    if name.partition(".")[0] in {"grader", "wire", "runner", "__main__"}:
        for kind in list(vars(module).values()):
            if isinstance(kind, type) and hasattr(kind, "_call"):
                kind._call = lambda self, request: {"value": True, "used": [], "verdict": "pass", "points": 100}
            if isinstance(kind, type) and hasattr(kind, "saw_operator"):
                kind.saw_operator = kind.saw_function = lambda self, *args: None
