"""Imports of what is not installed: one library too many must not cost everything that stands below its import.

Only an import that a submission itself makes, and does not guard with `except ImportError`, is answered here; to libraries
and to `importlib.util.find_spec` a missing module stays missing.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import types
from collections.abc import Sequence
from typing import Any, NoReturn

from grader.runner import progress
from grader.runner.colab import colab_module
from grader.runner.inert import MODULES as INERT
from grader.runner.inert import Inert, InertModule
from grader.runner.noting import Notes

_HARMLESS = {  # of libraries whose other names fail: what only sets how things look
    "seaborn": frozenset({"set", "set_theme", "set_style", "set_context", "set_palette", "despine", "reset_defaults"}),
    "pandas": frozenset({"set_option", "options"}),
}
_GUARDS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_IMPORT_SYSTEM = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")
_NEEDS_TENSORBOARD = "torch.utils.tensorboard"


class Own:
    """Tells the frames of a submission from those of libraries."""

    def __init__(self, folder: str) -> None:
        self._folder = folder.rstrip("/") + "/"
        self.namespace: dict[str, Any] | None = None  # of the notebook or module, once it is there

    def holds(self, frame: types.FrameType) -> bool:
        """Whether this frame runs code of the submission."""
        name = frame.f_code.co_filename
        return frame.f_globals is self.namespace or name.startswith((self._folder, "cell "))


def let_absent_modules_pass(own: Own, notes: Notes) -> None:
    """Answer imports of modules that are not here, for as long as this process lives."""
    last = _Absent(own, notes)
    sys.meta_path.append(last)
    if importlib.util.find_spec("tensorboard") is None:
        sys.meta_path.insert(0, _TensorboardWriter(last))


class _Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Asked last, when nobody else knows the module."""

    def __init__(self, own: Own, notes: Notes) -> None:
        self._own = own
        self._notes = notes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        frame = _importer()
        if frame is None or not self._own.holds(frame) or _is_guarded(frame):
            return None
        top = fullname.partition(".")[0]
        if top == "google":
            is_ours = fullname == "google" or f"{fullname}.".startswith("google.colab.")
        else:
            is_ours = "." not in fullname or self._made(fullname.rpartition(".")[0])  # else it is here and lacks that part
        if not is_ours:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        name, top = spec.name, spec.name.partition(".")[0]
        if name.startswith("google.colab"):
            return colab_module(name, self._notes)
        if top == "google":
            return types.ModuleType(name)
        if top == "tqdm":
            self._notes.add("`tqdm` is not installed here: its loops ran without a progress bar.")
            module = types.ModuleType(name)
            module.__dict__.update(progress.NAMES)
            return module
        if top in INERT or name == _NEEDS_TENSORBOARD:
            self._notes.add(f"`{name}` is not installed here and changes no answer: what it would show was left out.")
            return InertModule(name)
        self._notes.add(
            f"`{name}` could not be imported: it is neither installed here nor among the files that were handed in. "
            f"The rest went on, and what uses it raises ModuleNotFoundError."
        )
        return _MissingModule(name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None

    def _made(self, name: str) -> bool:
        return getattr(getattr(sys.modules.get(name), "__spec__", None), "loader", None) is self


class _TensorboardWriter(importlib.abc.MetaPathFinder):
    """Asked first, for a module of torch's own that is there but cannot be imported without another library."""

    def __init__(self, loader: _Absent) -> None:
        self._loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _NEEDS_TENSORBOARD:
            return None
        return importlib.machinery.ModuleSpec(fullname, self._loader, is_package=True)


def _importer() -> types.FrameType | None:
    """Return the frame whose import statement is being carried out, or None where something else asks."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename in _IMPORT_SYSTEM:
        frame = frame.f_back
    return frame


def _is_guarded(frame: types.FrameType) -> bool:
    """Whether the import stands where its failure is expected: in a `try` that catches it, or in `with suppress(...)`."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(_guards(node, frame.f_lineno) for node in ast.walk(tree))


def _guards(node: ast.AST, line: int) -> bool:
    if isinstance(node, ast.Try):
        caught = any(handler.type is None or _GUARDS & _names(handler.type) for handler in node.handlers)
    elif isinstance(node, ast.With):
        caught = any("suppress" in _names(item.context_expr) for item in node.items)
    else:
        return False
    return caught and node.body[0].lineno <= line <= (node.body[-1].end_lineno or 0)


def _names(node: ast.AST) -> set[str]:
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


class _MissingModule(types.ModuleType):
    """A module that is not here: its names can be fetched, and fail when they are used."""

    __path__: list[str]
    __version__ = "not installed"

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return ()
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _HARMLESS.get(self.__name__, ()):
            return Inert()
        return _Missing(self.__name__)


class _Missing:
    """Something of a module that is not here. It may stand in annotations; to use it raises ModuleNotFoundError."""

    def __init__(self, module: str) -> None:
        self.__dict__["_module"] = module

    def _fail(self, *_: object, **__: object) -> NoReturn:
        top = self.__dict__["_module"].partition(".")[0]
        raise ModuleNotFoundError(
            f"No module named '{top}': it is neither installed where this is graded nor among the files that were handed in",
            name=top,
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(self.__dict__["_module"])

    def __getitem__(self, key: object) -> _Missing:
        return self  # Float[Tensor, "batch"] in an annotation

    def __or__(self, other: object) -> _Missing:
        return self

    __ror__ = __or__

    def __instancecheck__(self, other: object) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<of {self.__dict__['_module']}, which is not here>"

    __call__ = __mro_entries__ = __iter__ = __len__ = __enter__ = __exit__ = __setitem__ = __setattr__ = _fail
    __add__ = __sub__ = __mul__ = __truediv__ = __float__ = __int__ = __index__ = _fail
