"""Values -> text: what the report prints, and literals that a student can paste."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch

from grader.wire.values import Ref

MAX_SHOWN_CHARS = 4000
MAX_LITERAL_ELEMENTS = 256
_DEFAULT_DTYPES = (torch.float32, torch.int64, torch.bool)


def show(value: object) -> str:
    """Return a value as Python prints it, tensors with exact elements; long ones are cut in the middle."""
    text = literal(value) or _describe(value)
    if len(text) > MAX_SHOWN_CHARS:
        half = MAX_SHOWN_CHARS // 2
        text = f"{text[:half]} ... ({len(text) - 2 * half} characters) ... {text[-half:]}"
    return text


def show_call(name: str, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    """Return a call as one would type it."""
    parts = [show(arg) for arg in args] + [f"{key}={show(arg)}" for key, arg in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def snippet(name: str, args: tuple[object, ...], kwargs: Mapping[str, object], *, imported_from: str | None) -> str:
    """Return at most ten lines that show one call; `imported_from` is None where the code is pasted below a notebook."""
    values = [*args, *kwargs.values()]
    if any(literal(value) is None for value in values):
        return ""
    lines = []
    if _any_of(values, np.ndarray | np.generic):
        lines.append("import numpy as np")
    if _any_of(values, torch.Tensor | torch.dtype):
        lines.append("import torch")
    module, _, _ = name.rpartition(".")
    if imported_from is not None and not module:
        lines.append(f"from {imported_from} import {name}")
    if lines:
        lines.append("")
    shown = []
    for index, arg in enumerate(args):
        shown.append(_argument(lines, f"x{index + 1}", arg))
    shown += [f"{key}={_argument(lines, key, arg)}" for key, arg in kwargs.items()]
    lines.append(f"print({name}({', '.join(shown)}))")
    return "\n".join(lines)


def literal(value: object) -> str | None:
    """Return Python source for a value, or None where there is none of reasonable length."""
    if isinstance(value, torch.Tensor):
        return _tensor_literal(value)
    if isinstance(value, np.ndarray):
        return _array_literal(value)
    if isinstance(value, tuple | list | dict):
        return _container_literal(value)
    if isinstance(value, float) and not isinstance(value, np.generic):
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    if value is None or isinstance(value, bool | int | str | bytes | complex | torch.dtype | np.generic):
        return repr(value)
    return None


def _argument(lines: list[str], name: str, value: object) -> str:
    text = literal(value) or ""
    if len(text) <= 40 or len(lines) >= 8:
        return text
    lines.append(f"{name} = {text}")
    return name


def _any_of(values: list[object], kinds: object) -> bool:
    for value in values:
        if isinstance(value, kinds):  # type: ignore[arg-type]  # a union of classes
            return True
        if isinstance(value, tuple | list) and _any_of(list(value), kinds):
            return True
    return False


def _describe(value: object) -> str:
    if isinstance(value, Ref):
        return f"an object of type {value.type}"
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}, {value.dtype}, {_range(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, {value.dtype}"
    if isinstance(value, tuple | list):
        inner = ", ".join(show(item) for item in list(value)[:20]) + (", ..." if len(value) > 20 else "")
        return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {show(item)}" for key, item in list(value.items())[:20]) + "}"
    return str(value)


def _range(value: torch.Tensor) -> str:
    if not value.numel() or value.is_complex():
        return "no values to show"
    return f"values from {value.min().item():.4g} to {value.max().item():.4g}"


def _container_literal(value: tuple[object, ...] | list[object] | dict[object, object]) -> str | None:
    if isinstance(value, dict):
        pairs = [(literal(key), literal(item)) for key, item in value.items()]
        if len(pairs) > MAX_LITERAL_ELEMENTS or any(item is None for _, item in pairs):
            return None
        return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
    items = [literal(item) for item in value[:MAX_LITERAL_ELEMENTS]]
    if len(value) > MAX_LITERAL_ELEMENTS or any(item is None for item in items):
        return None
    inner = ", ".join(item for item in items if item is not None)
    if isinstance(value, list):
        return f"[{inner}]"
    return f"({inner},)" if len(value) == 1 else f"({inner})"


def _tensor_literal(value: torch.Tensor) -> str | None:
    if value.numel() > MAX_LITERAL_ELEMENTS:
        return None
    dtype = "" if value.dtype in _DEFAULT_DTYPES else f", dtype={value.dtype}"
    if not value.numel():
        return f"torch.empty({tuple(value.shape)}{dtype})"
    return f"torch.tensor({_nested(value)}{dtype})"


def _array_literal(value: np.ndarray) -> str | None:
    if value.size > MAX_LITERAL_ELEMENTS:
        return None
    if not value.size:
        return f"np.empty({value.shape}, dtype=np.{value.dtype.name})"
    dtype = "" if value.dtype == np.float64 else f", dtype=np.{value.dtype.name}"
    return f"np.array({_nested(torch.from_numpy(np.ascontiguousarray(value)).reshape(value.shape))}{dtype})"


def _nested(value: torch.Tensor) -> str:
    if value.ndim:
        return "[" + ", ".join(_nested(item) for item in value) + "]"
    number = value.item()
    if not isinstance(number, float):
        return repr(number)
    if not math.isfinite(number):
        return f"float({str(number)!r})"
    if value.dtype is torch.float64:
        text = repr(number)
    else:  # the shortest digits that give the same element back
        text = str(np.float32(number)) if value.dtype is torch.float32 else f"{number:.5g}"
    return text.removesuffix("0") if text.endswith(".0") else text
