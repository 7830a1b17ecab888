"""What checks hold in their hands: the `solution` and `provided` fixtures. They call, and they remember the last call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from grader.checks.figure_parts import Figure
from grader.checks.figure_reading import read_figure
from grader.checks.source_rules import Violation, find_violations
from grader.model import ForbiddenCalls, SourceText, Verdict
from grader.solution import Answer, Solution, SolutionError
from grader.wire.values import Ref


class NothingThereError(BaseException):
    """A name is not defined. No `Exception`, so that Hypothesis looks for no smaller input on which it is not defined either."""

    def __init__(self, error: SolutionError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class Call:
    """One call of a submission, as it was asked for and what came of it."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    error: SolutionError | None = None
    of: BoundHandle | None = None  # the object that was called, where it is not a name of the submission


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundHandle(Ref):
    """An object that lives in the runner: it can be called, asked for attributes and state, and handed back."""

    calling: Calling = field(repr=False, compare=False)
    made: Call | None = field(default=None, repr=False, compare=False)  # the call that gave it, for people

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it and return its value, rebuilt on this side; raises SolutionError."""
        call = Call("", args, kwargs, of=self)
        return self.calling.ask(call, lambda solution: solution.call(self, args, kwargs)).value

    def keep(self, *args: Any, **kwargs: Any) -> BoundHandle:
        """Call it and leave the value there, a tensor with its graph for example; return its handle. Raises SolutionError."""
        handle: BoundHandle = self.calling.inside(lambda solution: solution.call(self, args, kwargs, keep=True).value)
        return handle

    def attribute(self, name: str) -> Any:
        """Return an attribute; raises SolutionError, and what the object has not got is an AttributeError there."""
        return self.calling.inside(lambda solution: solution.attribute(self, name))

    def items(self, *, keep: bool = False) -> Iterator[Any]:
        """Yield what it gives when it is iterated over there, a loader's batches for example; raises SolutionError.

        `keep`: leave each of them there and yield its handle.
        """
        iterator = self.attribute("__iter__")()
        while True:
            following = iterator.attribute("__next__")
            try:
                item = following.keep() if keep else following()
            except SolutionError as error:
                if error.kinds[:1] != ("StopIteration",):
                    raise
                return
            yield item

    def state(self) -> dict[str, Any]:
        """Return the state dict of a module: its tensors by their names, in the order of definition; raises SolutionError."""
        return dict(self.calling.inside(lambda solution: solution.state(self)))


@dataclass(frozen=True, slots=True)
class Callback:
    """A function of the judge as an argument: the submission can call it, and `source` is how a student would write it."""

    source: str
    function: Callable[..., object] = field(repr=False)

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Answer a call of the submission."""
        return self.function(*args, **kwargs)


class Function:
    """A function of a submission."""

    def __init__(self, calling: Calling, name: str) -> None:
        self._calling = calling
        self.name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it and return its value, rebuilt on this side; raises SolutionError."""
        call = Call(self.name, args, kwargs)
        return self._calling.ask(call, lambda solution: solution.call(self.name, args, kwargs)).value

    def observe(self, args: tuple[object, ...], kwargs: dict[str, object], *, guard: ForbiddenCalls | None = None) -> Answer:
        """Call it and return its value, its arguments as they are afterwards, and the forbidden functions it used."""
        return self._calling.ask(
            Call(self.name, args, kwargs),
            lambda solution: solution.call(self.name, args, kwargs, guard=guard, return_arguments=True),
        )

    def figure(self, *args: Any, **kwargs: Any) -> Figure:
        """Call it and return the figure that it drew, described as data; raises SolutionError."""
        call = Call(self.name, args, kwargs)
        self._calling.picture = b""
        raw = self._calling.ask(call, lambda solution: Answer(value=solution.figure(self.name, args, kwargs))).value
        figure = read_figure(raw)
        self._calling.picture = figure.picture
        return figure

    def violations(self, rule: ForbiddenCalls) -> tuple[Violation, ...]:
        """Return the uses of what a rule forbids in the source that this function reaches."""
        return find_violations(self._calling.sources, self.name, rule, others=self._calling.names)


class Calling:
    """The `solution` fixture: `solution.name(...)` calls the submission's function of that name."""

    def __init__(self, solution: Solution, *, sources: Sequence[SourceText], names: Collection[str], prefix: str = "") -> None:
        self._solution = solution
        self._prefix = prefix
        self._holds_objects = False
        self.sources = tuple(sources)
        self.names = frozenset(names)
        self.last: Call | None = None
        self.picture = b""  # of the last figure, a PNG

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):  # what printers and debuggers look for; no name of a contract starts like this
            raise AttributeError(name)
        return Function(self, self._prefix + name)

    def ask(self, call: Call, how: Callable[[Solution], Answer]) -> Answer:
        """Do one call and remember it; after a loss, remember the call that was lost and not those after it."""
        lost_before = self.last is not None and self.last.error is not None and _is_loss(self.last.error)
        if not lost_before:
            self.last = call
        try:
            answer = how(self._solution)
        except SolutionError as error:
            call.error = error
            if error.verdict is Verdict.MISSING:
                raise NothingThereError(error) from None
            raise
        value = self._bound(answer.value, call)
        return answer if value is answer.value else _with_value(answer, value)

    def inside(self, how: Callable[[Solution], Any]) -> Any:
        """Look at an object without another call of the submission's functions."""
        return self._bound(how(self._solution), None)

    def bind(self, function: Callable[..., object]) -> Callable[..., object]:
        """Return a function of the judge that can use the objects of the runner which it is called with."""
        return lambda *args, **kwargs: function(*self._bound(args, None), **self._bound(kwargs, None))

    def forget(self) -> None:
        """Forget the last call and every object: a new check starts."""
        self.last = None
        self.picture = b""
        if self._holds_objects:
            self._solution.forget_objects()
            self._holds_objects = False

    def _bound(self, value: Any, made: Call | None) -> Any:
        """Return a value whose references can be called; it is the value itself where it has none."""
        if isinstance(value, Ref):
            self._holds_objects = True
            known = {f.name: getattr(value, f.name) for f in fields(Ref)}
            return BoundHandle(**known, calling=self, made=made)
        if isinstance(value, tuple | list):
            items = [self._bound(item, None) for item in value]
            unchanged = all(new is old for new, old in zip(items, value, strict=True))
            return value if unchanged else type(value)(items)
        if isinstance(value, dict):
            bound = {key: self._bound(item, None) for key, item in value.items()}
            return value if all(bound[key] is item for key, item in value.items()) else bound
        return value


def _with_value(answer: Answer, value: object) -> Answer:
    return Answer(value=value, args=answer.args, kwargs=answer.kwargs, used=answer.used)


def _is_loss(error: SolutionError) -> bool:
    return error.verdict in ("timeout", "crash") and not error.kinds
