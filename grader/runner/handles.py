"""Objects that stay in the runner and the references that stand for them on the wire."""

from __future__ import annotations

import operator
from collections.abc import Callable

import torch

from grader.wire.values import Ref


class Handles:
    """The table of objects that the judge knows by number."""

    def __init__(self, call_back: Callable[[int, tuple[object, ...], dict[str, object]], object]) -> None:
        self._objects: dict[int, object] = {}
        self._next = 1
        self._call_back = call_back

    def wrap(self, value: object) -> Ref:
        """Keep an object and return its reference."""
        number, self._next = self._next, self._next + 1
        self._objects[number] = value
        return Ref(
            kind="handle",
            id=number,
            type=describe_type(value),
            integer=_integer(value),
            number=_number(value),
        )

    def release_all(self) -> None:
        """Forget every object; numbers are never given again."""
        self._objects.clear()

    def resolve(self, value: object) -> object:
        """Return a value with its references replaced by the objects and functions they stand for."""
        if isinstance(value, Ref):
            return self._objects[value.id] if value.kind == "handle" else self._stub(value)
        if isinstance(value, tuple):
            return tuple(self.resolve(item) for item in value)
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if isinstance(value, dict):
            return {key: self.resolve(item) for key, item in value.items()}
        return value

    def _stub(self, ref: Ref) -> Callable[..., object]:
        def stub(*args: object, **kwargs: object) -> object:
            return self._call_back(ref.id, args, kwargs)

        stub.__name__ = stub.__qualname__ = ref.type or "callback"
        return stub


def describe_type(value: object) -> str:
    """Return what an object is, in a few words."""
    name = type(value).__name__
    if isinstance(value, torch.Tensor):
        with torch._C.DisableTorchFunctionSubclass():
            return f"{name} of dtype {value.dtype}, layout {value.layout}, device {value.device}"
    return name[:200]


def _integer(value: object) -> int | None:
    try:
        return int(operator.index(value))  # type: ignore[arg-type]  # that it may have no index is what is being asked
    except Exception:  # noqa: BLE001  # the object is the student's: its conversion may raise anything
        return None


def _number(value: object) -> float | None:
    if isinstance(value, str | bytes | bytearray):
        return None
    try:
        return float(value)  # type: ignore[arg-type]  # that it may not be a number is what is being asked
    except Exception:  # noqa: BLE001  # as above
        return None
