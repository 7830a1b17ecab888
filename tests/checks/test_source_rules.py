"""What is forbidden is found on the source however it is written, and what only looks like it is not."""

from __future__ import annotations

import ast
import re
import time
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.checks.source_rules import Violation, find_violations, reached_names
from grader.model import ForbiddenCalls, SourceText

ROOT = Path(__file__).resolve().parents[2]
HAND_INS = ROOT / "tests" / "hand_ins" / "good" / "conv_nets"
SPECIFICATION = tomllib.loads((ROOT / "assignments" / "conv_nets" / "assignment.toml").read_text())
OTHERS = tuple(name for question in SPECIFICATION["question"] for name in question.get("names", ()))


def forbidden_in_part_b() -> ForbiddenCalls:
    table = dict(SPECIFICATION["forbidden"][0])
    rule = table.pop("rule")
    return ForbiddenCalls(rule=rule, **{name: tuple(values) for name, values in table.items()})


RULE = forbidden_in_part_b()


def sources_of(main: str, **modules: str) -> list[SourceText]:
    """Return a submission: the text of its main file, and of its other modules by their dotted names."""
    sources = [SourceText(name="conv_nets.py", module="<main>", text=dedent(main))]
    for name, text in modules.items():
        sources.append(SourceText(name=name.replace(".", "/") + ".py", module=name, text=dedent(text)))
    return sources


def uses(main: str, **modules: str) -> set[str]:
    """Return what `conv2d` uses of what is forbidden."""
    return {found.what for found in find_violations(sources_of(main, **modules), "conv2d", RULE, others=OTHERS)}


CLEAN = {
    "plain tensor arithmetic": """
        import math, itertools, functools
        import torch
        def conv2d(x, w):
            with torch.no_grad():
                assert isinstance(x, torch.Tensor) and math.pi > 3
                a = torch.einsum("hwab,ab->hw", x.unfold(0, 3, 1).unfold(1, 3, 1), w)
                b = torch.fft.irfft2(torch.fft.rfft2(x) * torch.fft.rfft2(w))
                return functools.reduce(torch.matmul, itertools.chain([a], [b]))
        """,
    "comments, docstrings and strings do not count": '''
        import torch.nn.functional as F
        def conv2d(x, w):
            """Like F.conv2d(x, w), torch.nn.Conv2d and loss.backward()."""
            # return F.conv2d(x, w)
            text = "F.conv2d(x, w).backward()"
            return x, text
        ''',
    "annotations do not count": """
        import numpy as np
        import torch.nn as nn
        def conv2d(x: np.ndarray, w: nn.Parameter = None) -> np.ndarray:
            y: np.ndarray = x
            z: nn.Module
            return y
        """,
    "imports that are not used do not count": """
        import numpy as np
        from torch.nn import functional as F
        def conv2d(x, w):
            import scipy.signal
            from torch.nn.functional import conv2d as c
            return x
        """,
    "imports for type checking do not count": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import numpy as np
            from torch.nn.functional import conv2d as helper
        else:
            def helper(x):
                return x
        def conv2d(x: "np.ndarray", w):
            return helper(x)
        """,
    "a local variable named like a module is a variable": """
        import torch.nn.functional as F
        def conv2d(x, w):
            F = x.shape[0]
            return F.real
        """,
    "a parameter named like a module is a parameter": """
        import numpy as np
        def conv2d(x, np):
            return np.shape, np
        """,
    "every way to bind a local name shadows": """
        import numpy as a, scipy as b, sklearn as c, skimage as d, cv2 as e, jax as f, tensorflow as g, numpy as h
        def conv2d(x, w, *a, **b):
            for c in x: c.x
            with x as d: d.x
            [e.x for e in x if (f := e.y)]
            def g(): return f.x
            try: g()
            except ValueError as h: h.x
            return a[0], b["x"]
        """,
    "captures of a match statement shadow": """
        import numpy as np, scipy, jax
        def conv2d(x, w):
            match x:
                case [np, *scipy]: return np.x, scipy.x
                case {"a": 1, **jax}: return jax.x
        """,
    "a later assignment in a function makes the name local everywhere in it": """
        import numpy as np
        def conv2d(x, w):
            for i in range(3):
                if i: np.append(x)
                np = []
        """,
    "a lambda's and a comprehension's own names are their own": """
        import numpy as np
        import torch.nn as nn
        conv2d = lambda x, np: [nn.a for nn in x] + [np]
        """,
    "a class may have attributes named like modules and methods": """
        class Conv:
            nn = 1
            def backward(self, dy): return dy + self.numpy
            def __init__(self): self.numpy = Conv.nn
        def conv2d(x, w):
            conv = Conv()
            return conv.backward(x) + Conv().backward(w) + conv.nn + conv.numpy
        """,
    "a method backward of one's own is fine wherever the object comes from": """
        class Layer:
            def backward(self, dy): return dy
        def conv2d(x, w):
            for layer in [Layer(), Layer()]:
                x = layer.backward(x)
            return x
        """,
    "fields of one's own named tuple or namespace are fine": """
        import types, typing
        class Pair(typing.NamedTuple):
            numpy: float
            forward: float = 0
        def conv2d(x, w):
            space = types.SimpleNamespace(backward=x)
            return Pair(1).numpy + space.backward
        """,
    "getattr on anything but torch is fine": """
        import math
        def conv2d(x, w, name="flip"):
            return getattr(x, name), getattr(w, "shape"), getattr(math, name), getattr(x, f"{name}_")
        """,
    "getattr on torch with a constant that is allowed is fine": """
        import torch
        KIND = "float"
        def conv2d(x, w):
            return getattr(torch, "ein" + "sum"), getattr(torch, f"{KIND}64"), getattr(torch, "no_such", None)
        """,
    "names of the builtins may be one's own": """
        import re
        from torch import *
        def eval(x): return x
        def conv2d(x, w):
            return eval(re.compile("x")), compile(x), x.eval()
        """,
    "a star import of torch brings what is allowed": """
        from torch import *
        from numpy import *
        from torch.nn.functional import *
        def conv2d(x, w):
            assert isinstance(x, Tensor)
            return x.sum(), print, len, math
        """,
    "a definition after a star import wins": """
        from torch.nn.functional import *
        def unfold(x): return x
        def conv2d(x, w): return unfold(x)
        """,
    "the last definition wins": """
        import torch.nn.functional as F
        def helper(x): return F.conv2d(x)
        def conv2d(x, w): return F.conv2d(x, w)
        def helper(x): return x
        def conv2d(x, w): return helper(x)
        """,
    "other functions may use what they like": """
        import torch, numpy as np
        def train(model, loss): loss.backward(); return model.numpy()
        def conv2d(x, w): return x
        y = np.zeros(3)
        class Net(torch.nn.Module): pass
        """,
    "what only the main guard of a file binds is not seen": """
        def helper(x): return x
        def conv2d(x, w): return helper(x)
        if __name__ == "__main__":
            from torch.nn.functional import relu as helper
        """,
    "a static method is looked at without its class": """
        import torch.nn.functional as F
        class Ops:
            def theirs(self, x): return F.conv2d(x)
            @staticmethod
            def mine(x): return Ops.part(x)
            def part(x): return x
        def conv2d(x, w): return Ops.mine(x)
        """,
    "a method of an object is looked at without the others of its class": """
        import torch.nn.functional as F
        class Homework:
            def __init__(self): self.size = 3
            def conv2d(self, x, w): return self.part(x) + self.size
            def part(self, x): return x
            def theirs(self, x): return F.conv2d(x)
            @classmethod
            def made(cls, x): return cls().part(x)
        solver = Homework()
        def conv2d(x, w):
            here = Homework()
            return solver.conv2d(x, w) + Homework().part(x) + here.part(x) + Homework.made(x)
        """,
    "the names of other questions are judged for themselves": """
        import torch.nn.functional as F
        def dilated_conv2d(x, w, dilation=1): return F.conv2d(x, w)
        def conv2d(x, w): return dilated_conv2d(x, w)
        """,
    "recursion and cycles end": """
        a = b = None
        def conv2d(x, w): return even(x) + conv2d(x, w)
        def even(x): return odd(x)
        def odd(x): return even(x)
        a = b
        b = a
        class P(Q): pass
        class Q(P): pass
        c = c.d
        def more(x): return a.x, b.x, P.x, Q().x, c.d
        even = more
        """,
    "a name that is defined nowhere is no alarm": "def conv2d(x, w): return F.conv2d(x, w), np.zeros(3)",
    "nothing is found when the function is not there": "import numpy",
    "nothing is found in a file that does not parse": "import numpy as np\ndef conv2d(x, w): return np.zeros(3) +",
    "a file with NUL bytes is left out": "def conv2d(x): return eval(x)\0",
    "a global of one's own, assigned in the function, is no module": """
        import torch.nn as nn
        def conv2d(x, w):
            global nn
            nn = x
            return nn.T
        """,
    "odd escapes in strings raise no warning": "def conv2d(x, w): return '\\d' is x",
}


@pytest.mark.filterwarnings("ignore:invalid escape")
def test_the_sources_of_the_tables_do_parse() -> None:
    texts = {**CLEAN, **{sentence: text for sentence, (text, _) in VIOLATING.items()}}
    broken = {sentence for sentence, text in texts.items() if not _parses(dedent(text))}
    assert broken == {"nothing is found in a file that does not parse", "a file with NUL bytes is left out"}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_what_is_allowed_raises_no_alarm(text: str) -> None:
    assert uses(text) == set()


F_CONV = "torch.nn.functional.conv2d"
VIOLATING = {
    "a call by its full path": ("import torch\ndef conv2d(x, w): return torch.nn.functional.conv2d(x, w)", F_CONV),
    "an import under another name": (
        "import torch.nn.functional as F\ndef conv2d(x, w): return F.conv2d(x, w)",
        F_CONV,
    ),
    "a function imported under another name": (
        "from torch.nn.functional import conv2d as c\ndef conv2d(x, w): return c(x, w)",
        F_CONV,
    ),
    "a package imported from torch": (
        "from torch import nn\ndef conv2d(x, w): return nn.Conv2d(1, 1, 3)(x)",
        "torch.nn.Conv2d",
    ),
    "torch.conv2d itself": ("import torch as t\ndef conv2d(x, w): return t.conv2d(x, w)", "torch.conv2d"),
    "another convolution of torch": (
        "from torch import mkldnn_convolution as m\ndef conv2d(x, w): return m(x, w)",
        "torch.mkldnn_convolution",
    ),
    "the functional gradients": (
        "import torch\ndef conv2d(x, w): return torch.func.grad(lambda t: t)(x)",
        "torch.func.grad",
    ),
    "the operators of the dispatcher": (
        "import torch\ndef conv2d(x, w): return torch.ops.aten.convolution(x, w)",
        "torch.ops.aten.convolution",
    ),
    "an import inside the function": (
        "def conv2d(x, w):\n  import torch.nn.functional as G\n  return G.conv2d(x, w)",
        F_CONV,
    ),
    "a local alias of torch": (
        "import torch\ndef conv2d(x, w):\n  t = torch\n  return t.conv2d(x, w)",
        "torch.conv2d",
    ),
    "aliases at module level": (
        "import torch\nT = torch\nU = T\ndef conv2d(x, w): return U.conv2d(x, w)",
        "torch.conv2d",
    ),
    "a function under a name at module level": (
        "import torch.nn.functional as F\nconv = F.conv2d\ndef conv2d(x, w): return conv(x, w)",
        F_CONV,
    ),
    "one of several names assigned at once": (
        "import torch.nn.functional as F\na, conv = abs, F.conv2d\ndef conv2d(x, w): return conv(x, w)",
        F_CONV,
    ),
    "the answer is the library's function": ("import torch.nn.functional as F\nconv2d = F.conv2d", F_CONV),
    "the answer is imported from the library": ("from torch.nn.functional import conv2d", F_CONV),
    "one of two aliases": (
        "import math, torch\nlib = math if math.pi < 3 else torch\ndef conv2d(x, w): return lib.conv2d(x, w)",
        "torch.conv2d",
    ),
    "an alias made with the walrus": (
        "import torch\ndef conv2d(x, w): return (t := torch).conv2d(x, w)",
        "torch.conv2d",
    ),
    "an alias kept in a default value": (
        "import torch\ndef conv2d(x, w, *, t=torch): return t.conv2d(x, w)",
        "torch.conv2d",
    ),
    "a default value": ("import torch.nn.functional as F\ndef conv2d(x, w, f=F.conv2d): return f(x, w)", F_CONV),
    "a decorator": (
        "import torch\n@torch.jit.script\ndef conv2d(x, w): return x",
        "torch.jit.script",
    ),
    "a helper function": (
        "import torch.nn.functional as F\ndef conv2d(x, w): return h(x)\ndef h(x): return F.relu(x)",
        "torch.nn.functional.relu",
    ),
    "a helper's helper, in a lambda": (
        "import torch.nn.functional as F\nh = lambda x: k(x)\ndef k(x): return F.relu(x)\ndef conv2d(x, w): return h",
        "torch.nn.functional.relu",
    ),
    "a function in the function": (
        "import numpy as np\ndef conv2d(x, w):\n  def h(): return np.sum(x)\n  return h()",
        "numpy.sum",
    ),
    "a local of an inner function does not hide a global of the outer one": (
        "import numpy as np\ndef conv2d(x, w):\n  def h():\n    np = 1\n    return np\n  return np.sum(x)",
        "numpy.sum",
    ),
    "the target of a comprehension does not hide a global outside it": (
        "import numpy as np\ndef conv2d(x, w): return [np for np in x], np.sum(x)",
        "numpy.sum",
    ),
    "the first loop of a comprehension is evaluated outside it": (
        "import numpy as np\ndef conv2d(x, w): return [np for np in np.sum(x)]",
        "numpy.sum",
    ),
    "the names of a class body are not seen in its methods": (
        "import numpy as np\ndef conv2d(x, w):\n  class A:\n    np = 1\n    def f(self): return np.sum(x)",
        "numpy.sum",
    ),
    "a name that is declared global is the module's": (
        "import numpy as np\ndef conv2d(x, np):\n  def h():\n    global np\n    return np.sum(x)\n  return h()",
        "numpy.sum",
    ),
    "a global that another function assigns": (
        "import torch\nc = None\ndef setup():\n  global c\n  c = torch.conv2d\nsetup()\ndef conv2d(x, w): return c(x)",
        "torch.conv2d",
    ),
    "a nonlocal that an inner function assigns": (
        "import torch\ndef conv2d(x, w):\n  t = x\n  def h():\n    nonlocal t\n    t = torch\n  return t.conv2d(x)",
        "torch.conv2d",
    ),
    "a mention is enough": (
        "import torch.nn.functional as F\ndef conv2d(x, w): return apply(F.conv2d, x)\ndef apply(f, x): return f(x)",
        F_CONV,
    ),
    "a module passed as an argument": (
        "import torch.nn.functional as F\ndef conv2d(x, w): return apply(F, x)\ndef apply(f, x): return f.conv2d(x)",
        "torch.nn.functional",
    ),
    "a partial at module level": (
        "import functools, torch.nn.functional as F\nC = functools.partial(F.conv2d)\ndef conv2d(x, w): return C(x, w)",
        F_CONV,
    ),
    "a table at module level": (
        "import torch.nn.functional as F\nC = {'conv': [F.conv2d]}\ndef conv2d(x, w): return C['conv'][0](x, w)",
        F_CONV,
    ),
    "a value that is extended later": (
        "import torch.nn.functional as F\nC = [F.conv2d]\nC += [abs]\ndef conv2d(x, w): return C[0](x, w)",
        F_CONV,
    ),
    "what a loop at module level runs over": (
        "import torch.nn.functional as F\nfor c in [F.conv2d]: pass\ndef conv2d(x, w): return c(x, w)",
        F_CONV,
    ),
    "the library's function in a wrapper": (
        "import torch\ndef timed(f): return f\ndef conv2d(x, w): return torch.conv2d(x, w)\nconv2d = timed(conv2d)",
        "torch.conv2d",
    ),
    "the wrapper": (
        "import torch\ndef timed(f): return torch.conv2d\ndef conv2d(x, w): return x\nconv2d = timed(conv2d)",
        "torch.conv2d",
    ),
    "the first try that another name keeps": (
        "import torch\ndef conv2d(x, w): return torch.conv2d(x, w)\nold = conv2d\ndef conv2d(x, w): return old(x, w)",
        "torch.conv2d",
    ),
    "one of two branches": (
        "import torch\nif torch.rand(1) > 0:\n  c = torch.conv2d\nelse:\n  c = abs\ndef conv2d(x, w): return c(x)",
        "torch.conv2d",
    ),
    "an import that may fail": (
        "try:\n  import numpy as np\nexcept ImportError:\n  np = None\ndef conv2d(x, w): return np.sum(x)",
        "numpy.sum",
    ),
    "a function defined inside a with": (
        "import numpy as np\nwith open('x') as f:\n  def h(x): return np.sum(x)\ndef conv2d(x, w): return h(x)",
        "numpy.sum",
    ),
    "an instance of a class": (
        "import torch\nclass C:\n  def __call__(self, x): torch.conv2d(x)\nop = C()\ndef conv2d(x, w): return op(x)",
        "torch.conv2d",
    ),
    "an object that is passed on": (
        "import torch\nclass C:\n  def f(self): torch.conv2d\ndef g(c): c.f()\ndef conv2d(x, w): return g(C())",
        "torch.conv2d",
    ),
    "an object that is passed on under a name": (
        "import torch\nclass C:\n  def f(self): torch.conv2d\ndef conv2d(x, w):\n  c = C()\n  return [c]",
        "torch.conv2d",
    ),
    "an object whose class computes when it is made": (
        "import torch\nclass C:\n  def __init__(self): torch.conv2d\n  def f(): 1\nc = C()\ndef conv2d(x, w): c.f()",
        "torch.conv2d",
    ),
    "the answer is a method of an object": (
        "import torch\nclass C:\n  def f(self, x, w): return torch.conv2d(x, w)\nconv2d = C().f",
        "torch.conv2d",
    ),
    "an object of a class or what a function gives instead": (
        "import torch\nclass C: pass\ndef f(): torch.conv2d\ng = C if 1 else f\ndef conv2d(x, w):\n  c = g()",
        "torch.conv2d",
    ),
    "an object made by what another object holds": (
        "import torch\nclass C:\n  class D: pass\ndef conv2d(x, w):\n  d = C(torch.conv2d).D()\n  return 1",
        "torch.conv2d",
    ),
    "the answer is an instance": (
        "import torch\nclass C:\n  def __call__(self, x, w): return torch.conv2d(x, w)\nconv2d = C()",
        "torch.conv2d",
    ),
    "an argument of the instance's making": (
        "import torch\nclass C:\n  def f(self, x): return x\nop = C(torch.conv2d)\ndef conv2d(x, w): return op.f(x)",
        "torch.conv2d",
    ),
    "a base class": (
        "import torch.nn as nn\nclass C(nn.Module): pass\ndef conv2d(x, w): return C()(x)",
        "torch.nn.Module",
    ),
    "a method of a class": (
        "import torch\nclass C:\n  @staticmethod\n  def f(x): return torch.conv2d(x)\ndef conv2d(x, w): return C.f(x)",
        "torch.conv2d",
    ),
    "a method that the base class defines": (
        "import torch\nclass B:\n  def f(x): return torch.conv2d(x)\nclass C(B): pass\ndef conv2d(x, w): return C.f(x)",
        "torch.conv2d",
    ),
    "a method through self": (
        """
        import torch
        class C:
            @classmethod
            def f(cls, x): return cls.g(x)
            def g(x): return torch.conv2d(x)
        def conv2d(x, w): return C.f(x)
        """,
        "torch.conv2d",
    ),
    "a module kept in an attribute": (
        """
        import torch
        class C:
            def __init__(self): self.t = torch
            def f(self, x): return self.t.conv2d(x)
        def conv2d(x, w): return C().f(x)
        """,
        "torch.conv2d",
    ),
    "a function kept in a class": (
        "import torch\nclass C:\n  f = torch.conv2d\ndef conv2d(x, w): return C.f(x)",
        "torch.conv2d",
    ),
    "an autograd function of one's own": (
        "import torch\nclass C(torch.autograd.Function): pass\ndef conv2d(x, w): return C.apply(x)",
        "torch.autograd.Function.apply",
    ),
    "getattr with a constant": (
        "import torch\ndef conv2d(x, w): return getattr(torch, 'conv2d')(x, w)",
        "torch.conv2d",
    ),
    "getattr with constants put together": (
        "import torch\nN = 'v2'\ndef conv2d(x, w): return getattr(torch, 'con' + f'{N}d')(x, w)",
        "torch.conv2d",
    ),
    "getattr step by step, under another name": (
        "import torch\ng = getattr\ndef conv2d(x, w): return g(g(torch, 'nn'), 'functional').conv2d(x, w)",
        F_CONV,
    ),
    "getattr with a computed name": (
        "import torch\ndef conv2d(x, w, name): return getattr(torch, name)(x, w)",
        "getattr with a computed name on torch",
    ),
    "getattr with a computed name below torch": (
        "import torch\ndef conv2d(x, w): return getattr(torch.fft, 'x'.join(w))(x, w)",
        "getattr with a computed name on torch.fft",
    ),
    "the dictionary of torch": (
        "import torch\ndef conv2d(x, w): return torch.__dict__['conv2d'](x) + vars(torch)['conv' + '2d'](x)",
        "torch.conv2d",
    ),
    "the dictionary of torch with a computed name": (
        "import torch\ndef conv2d(x, w, name): return vars(torch)[name](x)",
        "torch.__dict__ (hides what is called)",
    ),
    "attrgetter": (
        "import operator, torch\ndef conv2d(x, w): return operator.attrgetter('nn.functional.conv2d')(torch)(x, w)",
        F_CONV,
    ),
    "import_module with a constant": (
        "import importlib\ndef conv2d(x, w): return importlib.import_module('torch.nn.functional').conv2d(x, w)",
        F_CONV,
    ),
    "import_module with a computed name": (
        "from importlib import import_module as m\ndef conv2d(x, w, name): return m(name).conv2d(x, w)",
        "importlib.import_module with a computed name",
    ),
    "__import__ with a constant": ("def conv2d(x, w): return __import__('num' 'py').sum(x)", "numpy.sum"),
    "__import__ that returns the package": (
        "def conv2d(x, w): return __import__('torch.fft').conv2d(x, w)",
        "torch.conv2d",
    ),
    "__import__ with a computed name": (
        "def conv2d(x, w, name): return __import__(name)",
        "__import__ with a computed name",
    ),
    "eval": ("def conv2d(x, w): return eval('F.conv' + '2d')", "eval (hides what is called)"),
    "exec in a helper": (
        "def conv2d(x, w): return h(x)\ndef h(x): exec(x)",
        "exec (hides what is called)",
    ),
    "eval at module level": (
        "import torch\nc = eval('torch.conv2d')\ndef conv2d(x, w): return c(x, w)",
        "eval (hides what is called)",
    ),
    "the builtin compile": (
        "import builtins\ndef conv2d(x, w): return builtins.compile(x, '', 'eval')",
        "compile (hides what is called)",
    ),
    "globals": ("def conv2d(x, w): return globals()['F'].conv2d(x)", "globals (hides what is called)"),
    "sys.modules": (
        "from sys import modules as m\ndef conv2d(x, w): return m['torch'].conv2d(x, w)",
        "sys.modules (hides what is called)",
    ),
    "the method backward": ("def conv2d(x, w):\n  loss = x.sum()\n  loss.backward()\n  return w.grad", ".backward"),
    "the method numpy of a result": ("def conv2d(x, w): return x.detach().numpy()", ".numpy"),
    "the method by getattr": ("def conv2d(x, w): return getattr(x, 'num' + 'py')()", ".numpy"),
    "the method by methodcaller": (
        "from operator import methodcaller\ndef conv2d(x, w): return methodcaller('backward')(x)",
        ".backward",
    ),
    "the method by the class of tensors": (
        "from torch import Tensor\ndef conv2d(x, w): return Tensor.backward(x)",
        "torch.Tensor.backward",
    ),
    "the method on an object of one's own that does not define it": (
        "class C: pass\ndef conv2d(x, w): return C().backward(x)",
        ".backward",
    ),
    "a star import of the functions": (
        "from torch.nn.functional import *\ndef conv2d(x, w): return relu(x)",
        "torch.nn.functional.relu",
    ),
    "a star import of torch": ("from torch import *\ndef conv2d(x, w): return conv1d(x, w)", "torch.conv1d"),
    "a star import of NumPy": ("from numpy import *\ndef conv2d(x, w): return einsum('ij', x)", "numpy.einsum"),
    "a star import of another library, when the name can only come from there": (
        "from scipy.signal import *\ndef conv2d(x, w): return correlate2d(x, w)",
        "scipy.signal.correlate2d",
    ),
    "a star import of torch after one's own definition": (
        "def conv1d(x): return x\nfrom torch import *\ndef conv2d(x, w): return conv1d(x)",
        "torch.conv1d",
    ),
    "code in an f-string": ("import numpy as np\ndef conv2d(x, w): return float(f'{np.sum(x)}')", "numpy.sum"),
    "code in a match statement": (
        "import numpy as np\ndef conv2d(x, w):\n  match x:\n    case np.ndarray(): return x",
        "numpy.ndarray",
    ),
    "an asynchronous helper": (
        "import numpy as np\ndef conv2d(x, w): return h(x).send(None)\nasync def h(x): return np.sum(x)",
        "numpy.sum",
    ),
}


@pytest.mark.parametrize(("text", "what"), VIOLATING.values(), ids=VIOLATING.keys())
def test_what_is_forbidden_is_found(text: str, what: str) -> None:
    assert what in uses(text)


HELPER = "import torch.nn.functional as F\ndef corr(x, w): return F.conv2d(x, w)\ndef fine(x): return x\n"
MODULES: dict[str, tuple[str, dict[str, str], set[str]]] = {
    "an import of a helper module": (
        "import ops as o\ndef conv2d(x, w): return o.corr(x, w)",
        {"ops": HELPER},
        {F_CONV},
    ),
    "a function imported from it": ("from ops import corr as c\nconv2d = c", {"ops": HELPER}, {F_CONV}),
    "everything imported from it": (
        "from ops import *\ndef conv2d(x, w): return corr(x, w)",
        {"ops": HELPER},
        {F_CONV},
    ),
    "an import of an import": (
        "from more import corr\ndef conv2d(x, w): return corr(x, w)",
        {"ops": HELPER, "more": "from ops import *"},
        {F_CONV},
    ),
    "the library through a helper module": (
        "import ops\ndef conv2d(x, w): return ops.F.conv2d(x, w)",
        {"ops": HELPER},
        {F_CONV},
    ),
    "a package with relative imports": (
        "from pkg import corr\ndef conv2d(x, w): return corr(x, w)",
        {
            "pkg.__init__": "from .inner import corr",
            "pkg.inner": "from . import ops\nfrom .ops import corr",
            "pkg.ops": HELPER,
        },
        {F_CONV},
    ),
    "a package without a file of its own": (
        "import pkg.ops\ndef conv2d(x, w): return pkg.ops.corr(x, w)",
        {"pkg.ops": HELPER},
        {F_CONV},
    ),
    "two levels up": (
        "from a.b.c import f\ndef conv2d(x, w): return f(x, w)",
        {"a.ops": HELPER, "a.b.c": "from ..ops import corr\ndef f(x, w): return corr(x, w)"},
        {F_CONV},
    ),
    "a module found by import_module": (
        "import importlib\ndef conv2d(x, w): return importlib.import_module('ops').corr(x, w)",
        {"ops": HELPER},
        {F_CONV},
    ),
    "an answer that lives in a helper module": ("from ops import conv2d", {"ops": HELPER + "conv2d = corr"}, {F_CONV}),
    "the rest of a helper module is not reached": ("from ops import fine as conv2d", {"ops": HELPER}, set()),
    "a helper module's own method backward is fine": (
        "import ops\ndef conv2d(x, w): return ops.backward(x)",
        {"ops": "def backward(x): return x"},
        set(),
    ),
    "a global of a helper module is not the main file's": (
        "import numpy as np\nfrom ops import f\ndef conv2d(x, w): return f(x)",
        {"ops": "import math as np\ndef f(x): return np.pi"},
        set(),
    ),
    "the name of another question in a helper module is that question": (
        "from ops import conv2d, dilated_conv2d",
        {"ops": HELPER + "dilated_conv2d = corr\ndef conv2d(x, w): return dilated_conv2d(x, w)"},
        set(),
    ),
    "something else under that name in a helper module is looked at": (
        "from ops import conv2d\ndef dilated_conv2d(x, w): return x",
        {"ops": HELPER + "dilated_conv2d = corr\ndef conv2d(x, w): return dilated_conv2d(x, w)"},
        {F_CONV},
    ),
    "a helper that imports the main file back": (
        "import ops\nimport numpy as np\ndef conv2d(x, w): return ops.f(x)\ndef g(x): return np.sum(x)",
        {"ops": "import conv_nets\ndef f(x): return conv_nets.g(x)"},
        {"numpy.sum"},
    ),
    "modules that import each other end": (
        "from a import x\ndef conv2d(y, w): return x",
        {"a": "from b import *\nfrom b import x", "b": "from a import *\nfrom a import x"},
        set(),
    ),
    "a helper module that does not parse is left out": (
        "from ops import corr\ndef conv2d(x, w): return corr(x, w)",
        {"ops": HELPER + "def ("},
        set(),
    ),
    "a file named torch.py replaces nothing": (
        "import torch\ndef conv2d(x, w): return torch.conv2d(x, w)",
        {"torch": "def conv2d(x, w): return x"},
        {"torch.conv2d"},
    ),
}


@pytest.mark.parametrize(("main", "modules", "expected"), MODULES.values(), ids=MODULES.keys())
def test_helper_modules_are_followed(main: str, modules: dict[str, str], expected: set[str]) -> None:
    assert uses(main, **modules) == expected


def test_a_violation_says_where_it_is() -> None:
    main = """\
        import ops
        def conv2d(x, w):
            loss = (x
                    .sum()
                    .backward())
            return ops.corr(x, w)
        """
    assert find_violations(sources_of(main, ops=HELPER), "conv2d", RULE) == (
        Violation(where="conv_nets.py, line 5", line=".backward())", what=".backward"),
        Violation(where="ops.py, line 2", line="def corr(x, w): return F.conv2d(x, w)", what=F_CONV),
    )


def test_cells_are_one_namespace_and_a_cell_that_does_not_parse_costs_no_other() -> None:
    cells = ["import torch.nn.functional as F", "def (", "def conv2d(x, w):\n    return F.conv2d(x, w)", "F.conv2d"]
    sources = [SourceText(name=f"cell {n}", module="<main>", text=text) for n, text in enumerate(cells, 1)]
    assert find_violations(sources, "conv2d", RULE) == (
        Violation(where="cell 3, line 2", line="return F.conv2d(x, w)", what=F_CONV),
    )


def test_a_notebook_does_run_its_main_guard() -> None:
    text = "def conv2d(x, w): return h(x)\nif __name__ == '__main__':\n    from torch.nn.functional import relu as h"
    found = find_violations([SourceText(name="cell 1", module="<main>", text=text)], "conv2d", RULE)
    assert [violation.what for violation in found] == ["torch.nn.functional.relu"]


def test_lines_are_counted_from_the_first_line_of_the_piece_and_as_python_does() -> None:
    text = "import torch\r\ndef conv2d(x, w):\r    s = '\u2028\x0c'\n    return torch.conv2d(x, w)"
    (found,) = find_violations([SourceText(name="a.py", module="<main>", text=text, first_line=11)], "conv2d", RULE)
    assert (found.where, found.line) == ("a.py, line 14", "return torch.conv2d(x, w)")


def test_the_same_use_on_one_line_is_reported_once_and_all_are_in_the_order_of_the_source() -> None:
    main = """\
        import torch
        def late(x): return torch.conv1d(x) + torch.conv1d(x) + torch.conv3d(x)
        def conv2d(x, w):
            return late(x), eval(x), torch.conv2d(x, w)
        """
    found = find_violations(sources_of(main), "conv2d", RULE)
    assert [violation.what for violation in found] == [
        "torch.conv1d",
        "torch.conv3d",
        "eval (hides what is called)",
        "torch.conv2d",
    ]


def test_without_others_everything_is_looked_behind() -> None:
    sources = sources_of("import torch\ndef sgd_step(w): return torch.conv2d(w)\ndef conv2d(x, w): return sgd_step(x)")
    assert find_violations(sources, "conv2d", RULE, others=["sgd_step", "conv2d"]) == ()
    assert [found.what for found in find_violations(sources, "conv2d", RULE)] == ["torch.conv2d"]


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("def conv2d(x, w): return sgd_step(x)", {"sgd_step"}),
        ("def sgd_step(w): return dilated_conv2d(w)\ndef conv2d(x, w): return sgd_step(x)", {"sgd_step"}),
        (
            "def helper(x): return dilated_conv2d(x) + conv2d(x, x)\ndef conv2d(x, w): return helper(x)",
            {"dilated_conv2d"},
        ),
        ("def conv2d(x, w):\n    sgd_step = x\n    return sgd_step", set()),
        ("def sgd_step(w): return w\nconv2d = sgd_step", {"sgd_step"}),
        ("def conv2d(x, w): return x", set()),
    ],
)
def test_the_names_that_a_function_builds_on_are_told(main: str, expected: set[str]) -> None:
    main += "\ndef dilated_conv2d(x): return x\n" + ("" if "def sgd_step" in main else "def sgd_step(x): return x\n")
    assert reached_names(sources_of(main), "conv2d", OTHERS) == expected


def test_names_of_questions_are_told_through_a_folder_of_modules() -> None:
    folder = HAND_INS / "folder_with_modules"
    sources = [
        SourceText(name=path.name, module="<main>" if path.stem == "conv_nets" else path.stem, text=path.read_text())
        for path in sorted(folder.glob("*.py"))
    ]
    assert reached_names(sources, "conv2d", OTHERS) == {"dilated_conv2d"}
    assert reached_names(sources, "conv2d_input_grad", OTHERS) == {"conv_transpose2d"}


@pytest.mark.parametrize("path", sorted(HAND_INS.glob("*.py")), ids=lambda path: path.stem)
def test_no_correct_hand_in_raises_an_alarm(path: Path) -> None:
    source = SourceText(name=path.name, module="<main>", text=path.read_bytes().decode("latin-1"))
    for question in SPECIFICATION["question"]:
        if question["id"] in RULE.questions:
            assert find_violations([source], question["names"][0], RULE, others=OTHERS) == ()


LONG = {
    "ten thousand lines that rebind one name": "x = 1\n" + "x = x + 1\n" * 10_000 + "def conv2d(y, w): return x, eval",
    "ten thousand lines in one block": "with a:\n" + "  x = x + 1\n" * 10_000 + "def conv2d(y, w): return x, eval",
    "ten thousand lines in the function": "def conv2d(x, w):\n" + "  x = x.a(w)\n" * 10_000 + "  return x, eval",
    "a long chain of helpers": "\n".join(f"def h{n}(): h{n + 1}()" for n in range(3000)) + "\nh3000 = eval\nconv2d = h0",
    "a long chain of aliases": "h0 = eval\n" + "\n".join(f"h{n + 1} = h{n}" for n in range(3000)) + "\nconv2d = h3000",
    "a deep expression": "def conv2d(x, w): return eval, x" + " + x" * 2000,
    "a deep chain of attributes": "def conv2d(x, w): return eval, x" + ".a" * 2000,
    "a deep chain of calls": "def conv2d(x, w): return eval, x" + ".a()" * 1000,
    "names that double": "a0 = ''\n"
    + "\n".join(f"a{n + 1} = a{n} + a{n}" for n in range(60))
    + "\nimport torch\ndef conv2d(x, w): return getattr(torch, a60), eval",
    "values that double": "a0 = eval\n"
    + "\n".join(f"a{n + 1} = a{n} if a{n} else a{n}.b" for n in range(60))
    + "\ndef conv2d(x, w): return a60(x)",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_long_and_deep_sources_end_soon(text: str) -> None:
    started_s = time.process_time()
    found = find_violations(sources_of(text), "conv2d", RULE)
    assert time.process_time() - started_s < 10
    assert "eval (hides what is called)" in {violation.what for violation in found}


def test_a_source_too_deep_for_the_parser_is_left_out() -> None:
    deep = SourceText(name="cell 1", module="<main>", text="x = " + "-" * 100_000 + "1")
    main = SourceText(name="cell 2", module="<main>", text="def conv2d(x, w): return eval(x)")
    assert [found.where for found in find_violations([deep, main], "conv2d", RULE)] == ["cell 2, line 1"]


def test_modules_in_a_long_row_of_star_imports_end() -> None:
    modules = {f"m{n}": f"from m{n + 1} import *" for n in range(500)} | {"m500": "f = eval"}
    assert uses("from m0 import *\ndef conv2d(x, w): return f(x)", **modules) <= {"eval (hides what is called)"}


SIGNS = st.sampled_from([".", "(", ")", "[", ":", ",", "=", ":=", "*", "@", "'", " ", "\n", "\n    ", "#"])
WORDS = st.sampled_from(["torch", "F", "np", "conv2d", "h", "self", "C", "def", "class", "lambda", "import", "match", "in"])
STATEMENTS = st.sampled_from(["global np", "nonlocal np", "del np", "import ops", "from . import ops", "from .. import *"])
TEXTS = st.sampled_from([dedent(text) for text in [*CLEAN.values(), *(text for text, _ in VIOLATING.values())]])


@st.composite
def edited_texts(draw: st.DrawFn) -> str:
    """Draw a source of the tables, with signs put in, words replaced and lines moved."""
    text = draw(TEXTS)
    for _ in range(draw(st.integers(0, 3))):
        match draw(st.integers(0, 2)):
            case 0:
                place = draw(st.integers(0, len(text)))
                text = text[:place] + draw(SIGNS) + text[place + draw(st.integers(0, 2)) :]
            case 1:
                words = list(re.finditer(r"\w+", text)) or [re.match("", text)]
                word = draw(st.sampled_from(words))
                text = text[: word.start()] + draw(WORDS | STATEMENTS) + text[word.end() :]
            case _:
                lines = text.splitlines(keepends=True)
                moved = lines.pop(draw(st.integers(0, len(lines) - 1)))
                lines.insert(draw(st.integers(0, len(lines))), moved * draw(st.integers(0, 2)))
                text = "".join(lines) or "\n"
    return text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=edited_texts(), helper=edited_texts())
def test_no_edit_of_a_source_makes_it_raise(text: str, helper: str) -> None:
    sources = [*sources_of(text), SourceText(name="ops.py", module="ops", text=helper)]
    for name in ("conv2d", "h", "C"):
        for found in find_violations(sources, name, RULE, others=OTHERS):
            assert found.line in text + helper
        assert reached_names(sources, name, ["conv2d", "h", "F"]) <= {"conv2d", "h", "F"} - {name}


@pytest.mark.filterwarnings("ignore:invalid escape")
@settings(max_examples=50, deadline=None)
@given(texts=st.lists(TEXTS, max_size=5))
def test_splitting_a_file_into_cells_changes_nothing(texts: list[str]) -> None:
    tree = ast.parse("\n".join(text for text in texts if _parses(text)))
    whole = [SourceText(name="n", module="<main>", text=ast.unparse(tree))]
    cells = [SourceText(name="n", module="<main>", text=ast.unparse(statement)) for statement in tree.body]
    found = {violation.what for violation in find_violations(whole, "conv2d", RULE)}
    assert {violation.what for violation in find_violations(cells, "conv2d", RULE)} == found


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def test_a_helper_named_main_hides_nothing_of_the_main_file():
    main = SourceText(name="conv_nets.py", module="<main>", text="import torch\ndef conv2d(x, w): return torch.conv2d(x, w)")
    helper = SourceText(name="main.py", module="main", text="def conv2d(x, w): return x")
    assert find_violations([main, helper], "conv2d", RULE)
    assert find_violations([helper, main], "conv2d", RULE)
