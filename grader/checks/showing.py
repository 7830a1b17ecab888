"""Values -> text: what the report prints, and literals that a student can paste."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch

from grader.wire.values import Ref

MAX_SHOWN_CHARS = 4000
MAX_LITERAL_ELEMENTS = 256  # of one tensor or array
MAX_LITERAL_PARTS = 1024  # of a tuple, list or dict with all that is in it
_MAX_BRIEF_PARTS = 32
_MAX_ITEMS = 20  # of a long tuple, list or dict that are described


def show(value: object) -> str:
    """Return a value as Python prints it, tensors with exact elements; long ones are cut in the middle."""
    text = literal(value) or _describe(value)
    if len(text) > MAX_SHOWN_CHARS:
        half = MAX_SHOWN_CHARS // 2
        text = f"{text[:half]} ... ({len(text) - 2 * half} characters) ... {text[-half:]}"
    return text


def literal(value: object) -> str | None:
    """Return Python source for a value, or None where there is none of reasonable length."""
    if isinstance(value, torch.Tensor):
        return _tensor_literal(value)
    if isinstance(value, np.ndarray):
        return _array_literal(value)
    if isinstance(value, np.generic):
        return f"{_numpy_name(value.dtype)}({_element(value)})"
    if isinstance(value, tuple | list | dict):
        return _container_literal(value)
    if isinstance(value, float | complex):
        return _number(value)
    if value is None or isinstance(value, bool | int | str | bytes | torch.dtype):
        return repr(value)
    return None


def _parts(value: tuple[object, ...] | list[object] | dict[object, object]) -> list[object]:
    return [*value, *value.values()] if isinstance(value, dict) else list(value)


def _describe(value: object) -> str:
    if isinstance(value, Ref):
        return f"an object of type {value.type}"
    if isinstance(value, tuple | list):
        inner = ", ".join(map(_brief, value[:_MAX_ITEMS])) + (", ..." if len(value) > _MAX_ITEMS else "")
        return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{_brief(key)}: {_brief(item)}" for key, item in islice(value.items(), _MAX_ITEMS))
        return "{" + inner + (", ...}" if len(value) > _MAX_ITEMS else "}")
    return _summary(value)


def _brief(value: object) -> str:
    """Return a part of a long value: what is in it, or only what it is. The judge prints no answer for minutes."""
    text = literal(value) if _count(value, _MAX_BRIEF_PARTS) <= _MAX_BRIEF_PARTS else None
    return text or _summary(value)


def _summary(value: object) -> str:
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}, {value.dtype}, {_range(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, {value.dtype}"
    if isinstance(value, tuple | list | dict):
        return f"a {type(value).__name__} of {len(value)} items"
    return f"an object of type {value.type}" if isinstance(value, Ref) else str(value)


def _range(value: torch.Tensor) -> str:
    if not value.numel() or value.is_complex():
        return "no values to show"
    return f"values from {value.min().item():.4g} to {value.max().item():.4g}"


def _count(value: object, limit: int) -> int:
    """Return how many elements and other parts a value has, or any number above the limit."""
    count, todo = 0, [value]
    while todo and count <= limit:
        part = todo.pop()
        if isinstance(part, torch.Tensor | np.ndarray):
            count += part.numel() if isinstance(part, torch.Tensor) else part.size
        elif isinstance(part, tuple | list | dict) and len(part) <= limit:
            todo.extend(_parts(part))
        count += len(part) if isinstance(part, tuple | list | dict) else 1
    return count


def _container_literal(value: tuple[object, ...] | list[object] | dict[object, object]) -> str | None:
    if _count(value, MAX_LITERAL_PARTS) > MAX_LITERAL_PARTS:
        return None
    items = [literal(item) for item in _parts(value)]
    texts = [item for item in items if item is not None]
    if len(texts) < len(items):
        return None
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {item}" for key, item in zip(texts, texts[len(value) :], strict=False)) + "}"
    inner = ", ".join(texts)
    if isinstance(value, list):
        return f"[{inner}]"
    return f"({inner},)" if len(value) == 1 else f"({inner})"


def _tensor_literal(value: torch.Tensor) -> str | None:
    if value.numel() > MAX_LITERAL_ELEMENTS:
        return None
    if not value.numel():
        return f"torch.empty({tuple(value.shape)}, dtype={value.dtype})"
    dtype = "" if value.dtype in (torch.float32, torch.int64, torch.bool) else f", dtype={value.dtype}"
    flat = value.detach().reshape(-1)
    if value.dtype is torch.bfloat16:  # NumPy has no such thing
        texts = [f"{number:.4g}" if math.isfinite(number) else _number(number) for number in flat.tolist()]
    else:
        texts = [_element(number) for number in flat.numpy()]
    return f"torch.tensor({_nested(iter(texts), tuple(value.shape))}{dtype})"


def _array_literal(value: np.ndarray) -> str | None:
    if value.size > MAX_LITERAL_ELEMENTS:
        return None
    dtype = f", dtype={_numpy_name(value.dtype)}"
    if not value.size:
        return f"np.empty({value.shape}{dtype})"
    texts = (_element(number) for number in value.reshape(-1))
    return f"np.array({_nested(texts, value.shape)}{'' if value.dtype == np.float64 else dtype})"


def _numpy_name(dtype: np.dtype) -> str:
    return "np.bool_" if dtype.kind == "b" else f"np.{dtype.name}"


def _nested(texts: Iterator[str], shape: tuple[int, ...]) -> str:
    if not shape:
        return next(texts)
    return "[" + ", ".join(_nested(texts, shape[1:]) for _ in range(shape[0])) + "]"


def _element(number: np.generic) -> str:
    """Return an element with the fewest digits that give the same element back."""
    if not isinstance(number, np.floating):
        item = number.item()
        return _number(item) if isinstance(item, complex) else repr(item)
    if not np.isfinite(number):
        return _number(float(number))
    text = str(number)
    return text.removesuffix("0") if text.endswith(".0") else text


def _number(value: float | complex) -> str:
    if isinstance(value, complex):
        return f"complex({_number(value.real)}, {_number(value.imag)})"  # the sum that repr() prints loses signs of zero
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
