"""Compares what came with what should have come: type, shape, dtype, then values. Every refusal teaches something."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np
import torch

from grader.checks.showing import show
from grader.model import Verdict
from grader.solution import Answer, SolutionError
from grader.wire.values import Ref

RTOL, ATOL = 1e-4, 1e-5  # the contract's, "unless stated"


class CheckFailure(AssertionError):  # a failed check is no error of the program
    """A check found a counterexample."""

    def __init__(self, message: str, *, expected: str, got: str, fraction: float = 0.0, about_source: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.got = got
        self.fraction = fraction  # of the check's points that are earned all the same
        self.about_source = about_source  # the counterexample is a line of code and no call


def fail(message: str, *, expected: object, got: object, fraction: float = 0.0, about_source: bool = False) -> None:
    """Refuse an answer; strings are shown as they are, other values as Python prints them."""
    expected_text = expected if isinstance(expected, str) else show(expected)
    got_text = got if isinstance(got, str) else show(got)
    # The only place that raises: Hypothesis tells failures apart by type and line.
    raise CheckFailure(message, expected=expected_text, got=got_text, fraction=fraction, about_source=about_source)


def as_int(value: object) -> int | None:
    """Return the int that operator.index() makes of an answer, or None."""
    if isinstance(value, Ref):
        return value.integer
    try:
        return operator.index(value)  # type: ignore[arg-type]  # whether it has an index is the question
    except (TypeError, ValueError, RuntimeError):
        return None


def as_float(value: object) -> float | None:
    """Return the float that float() makes of an answer that is a real number, or None."""
    if isinstance(value, Ref):
        return value.number
    if isinstance(value, str | bytes) or _is_complex(value):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(value)  # type: ignore[arg-type]  # whether it is a number is the question
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def _is_complex(value: object) -> bool:
    if isinstance(value, torch.Tensor):
        return value.is_complex()
    # float() takes NumPy's complex numbers, too, and drops what is imaginary.
    return isinstance(value, np.generic | np.ndarray) and value.dtype.kind == "c"


def assert_int(got: object, expected: int) -> None:
    """The answer is this int (anything that operator.index() takes)."""
    number = as_int(got)
    if number is None:
        fail(f"{_kind(got)} came where an int should", expected=expected, got=got)
    if number != expected:
        fail(f"{show(number)} came where {expected} should", expected=expected, got=got)


def assert_float(got: object, expected: float, *, rtol: float = RTOL, atol: float = ATOL) -> None:
    """The answer is this number within the tolerance (anything that float() takes)."""
    number = as_float(got)
    if number is None:
        fail(f"{_kind(got)} came where a number should", expected=expected, got=got)
    elif not abs(number - expected) <= atol + rtol * abs(expected):
        ratio = f", {number / expected:.4g} times as much" if expected and number > 0 else ""
        fail(f"{number:.6g} came where {expected:.6g} should{ratio}", expected=expected, got=got)


def assert_ints(got: object, expected: Sequence[int]) -> None:
    """The answer is a tuple of these ints."""
    if not isinstance(got, tuple):
        fail(f"{_kind(got)} came where a tuple should", expected=tuple(expected), got=got)
    elif len(got) != len(expected):
        fail(f"{len(got)} numbers came where {len(expected)} should", expected=tuple(expected), got=got)
    elif None in (numbers := tuple(as_int(item) for item in got)):
        wrong = got[numbers.index(None)]
        fail(f"{_kind(wrong)} stands in the tuple where an int should", expected=tuple(expected), got=got)
    elif numbers != tuple(expected):
        fail("the numbers differ", expected=tuple(expected), got=got)


def assert_close(got: object, expected: torch.Tensor, *, scale: float = 1.0, rtol: float = RTOL, atol: float = ATOL) -> None:
    """The answer is a tensor of this shape and dtype with these values.

    The tolerance is `rtol * |expected| + atol * scale`; `scale` is the size of the terms that are summed, so that an order of
    summation, or a Fourier transform, is no defect.
    """
    tensor = assert_tensor(got, shape=tuple(expected.shape), dtype=expected.dtype)
    _assert_values(tensor, expected.to(torch.float64), got, scale=scale, rtol=rtol, atol=atol)


def assert_tensor(got: object, *, shape: tuple[int, ...], dtype: torch.dtype | None) -> torch.Tensor:
    """The answer is a tensor of this shape and dtype (None: any); returns it."""
    wanted = f"a tensor of shape {shape}" + (f", {dtype}" if dtype is not None else "")
    if not isinstance(got, torch.Tensor):
        fail(f"{_kind(got)} came where a tensor should", expected=wanted, got=got)
    assert isinstance(got, torch.Tensor)
    if tuple(got.shape) != shape:
        fail(f"the shape is {tuple(got.shape)} and should be {shape}", expected=wanted, got=_with_shape(got))
    if dtype is not None and got.dtype != dtype:
        fail(f"the dtype is {got.dtype} and should be {dtype}", expected=wanted, got=_with_shape(got))
    return got


def assert_image(got: object, expected: np.ndarray, *, like: object) -> None:
    """The answer is of the image's kind (array or tensor) and shape, of a floating dtype, with these values.

    The tolerance follows the less precise of float32 and the answer's own dtype: four units in its last place.
    """
    kind = "tensor" if isinstance(like, torch.Tensor) else "array"
    if not isinstance(got, torch.Tensor if kind == "tensor" else np.ndarray):
        fail(f"{_kind(got)} came where a picture of the same kind ({kind}) should", expected=expected, got=got)
    assert isinstance(got, torch.Tensor | np.ndarray)
    tensor = got if isinstance(got, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(got)).reshape(got.shape)
    if tuple(tensor.shape) != expected.shape:
        fail(f"the shape is {tuple(tensor.shape)} and should be {expected.shape}", expected=expected, got=got)
    if not tensor.is_floating_point():
        fail(f"the dtype is {tensor.dtype} and should be a floating one", expected=expected, got=got)
    precision = max(RTOL, 4 * torch.finfo(tensor.dtype).eps)
    scale = max(1.0, float(np.abs(expected).max())) if precision > RTOL else 1.0
    truth = torch.from_numpy(np.array(expected, dtype=np.float64))  # a copy: torch knows no negative strides
    _assert_values(tensor, truth, got, scale=scale, rtol=precision, atol=max(ATOL, precision / 10))


class Observable(Protocol):
    """A function of a submission whose arguments can be seen afterwards."""

    def observe(self, args: tuple[object, ...], kwargs: dict[str, object]) -> Answer:
        """Call it and return its value and its arguments as they are then."""


def assert_unchanged(function: Observable, *args: object, **kwargs: object) -> None:
    """A call leaves its arguments as they were."""
    answer = function.observe(args, kwargs)
    before = [(f"argument {index + 1}", value) for index, value in enumerate(args)] + list(kwargs.items())
    after = [*answer.args, *answer.kwargs.values()]
    for (name, old), new in zip(before, after, strict=False):
        if not same(old, new):
            fail(f"the call changed its {name}", expected=f"{name} stays {show(old)}", got=f"{name} became {show(new)}")


def same(left: object, right: object) -> bool:
    """Return whether two values agree in type, shape, dtype and every bit of value."""
    if isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor):
        return left.dtype == right.dtype and left.shape == right.shape and torch.equal(_bits(left), _bits(right))
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, Ref) and isinstance(right, Ref):  # each answer is another object; what it says is what counts
        return (left.type, left.integer, left.number) == (right.type, right.integer, right.number)
    if isinstance(left, float | complex | np.generic):
        return repr(left) == repr(right)  # NaN is the same as NaN, and 0.0 is not -0.0
    return bool(left == right)


def _bits(value: torch.Tensor) -> torch.Tensor:
    return value.detach().clone(memory_format=torch.contiguous_format).reshape(-1).view(torch.uint8)


@contextmanager
def raises_value_error(reason: str) -> Iterator[None]:
    """The call inside raises ValueError (or a subclass) with a message; `reason` says why it must."""
    expected = f"ValueError with a message: {reason}"
    try:
        yield
    except SolutionError as error:
        if error.verdict is not Verdict.ERROR:
            raise
        if "ValueError" not in error.kinds:
            fail(f"{error.kinds[0]} was raised where ValueError should be", expected=expected, got=error.message)
        if not error.exception.strip():
            fail("the ValueError has no message", expected=expected, got="ValueError without a message")
    else:
        fail("nothing was raised", expected=expected, got="a returned value")


def _assert_values(got: torch.Tensor, expected: torch.Tensor, shown: object, *, scale: float, rtol: float, atol: float) -> None:
    values = got.to(torch.float64) if not got.is_complex() else torch.full(got.shape, torch.nan, dtype=torch.float64)
    close = (values - expected).abs() <= rtol * expected.abs() + atol * max(1.0, scale)
    if not bool(close.all()):
        wrong = int((~close).sum())
        hint = _likeness(values, expected, rtol)
        message = f"{wrong} of {close.numel()} value{'s differ' if close.numel() > 1 else ' differs'}"
        message += f"; {hint}" if hint else ""
        wanted = expected.to(got.dtype) if isinstance(shown, torch.Tensor) and not got.is_complex() else expected.numpy()
        fail(message, expected=wanted, got=shown)


def _likeness(got: torch.Tensor, expected: torch.Tensor, rtol: float) -> str:
    """Say what simple change would make the answer right."""
    changes: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
        ("they are right but for the sign", lambda x: -x),
        ("they are right but for a transposition", lambda x: x.T if x.ndim == 2 else x),
        ("they are right but flipped in both directions", lambda x: x.flip(tuple(range(x.ndim)))),
    )
    tolerance = rtol * float(expected.abs().max()) if expected.numel() else 0.0
    if not bool(torch.isfinite(got).all()):
        return "some of them are NaN or infinite"
    if not bool(got.any()):
        return "all of them are zero"
    for sentence, change in changes:
        changed = change(got)
        if changed.shape == expected.shape and bool(((changed - expected).abs() <= tolerance).all()):
            return sentence
    index = int(expected.abs().argmax())
    if expected.numel() and float(expected.flatten()[index]) != 0:
        factor = float(got.flatten()[index] / expected.flatten()[index])
        if factor and bool(((got - factor * expected).abs() <= abs(factor) * tolerance).all()):
            return f"{'all of them are' if expected.numel() > 1 else 'it is'} {factor:.4g} times what it should be"
    return ""


def _with_shape(value: torch.Tensor) -> str:
    return f"shape {tuple(value.shape)}, {value.dtype}: {show(value)}"


def _kind(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, Ref):
        return f"an object that cannot be read ({value.type})"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' or name == 'ndarray' else 'a'} {name}"
