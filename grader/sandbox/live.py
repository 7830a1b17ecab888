"""A submission alive in its sandbox: loads it, calls it, and starts it again after a loss."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.model import Assignment, ForbiddenCalls, Incident, Limits, Loading, Submission, Verdict
from grader.sandbox.asking import Runner
from grader.sandbox.endings import LostError, is_lack_of_memory, limit_behind
from grader.sandbox.starting import Sandbox
from grader.solution import Answer, Handle, SolutionError
from grader.wire.values import Ref, WireError

# What a function of the judge may raise when a submission hands it nonsense.
_NONSENSE = (ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
_RELOADS = 3  # that may be lost, one after the other, before the submission is given up


class LiveSolution:
    """Implements the Solution protocol over one runner at a time."""

    def __init__(
        self,
        sandbox: Sandbox,
        submission: Submission,
        assignment: Assignment,
        *,
        provided: Sequence[tuple[str, bytes]] = (),
        notebook_engine: str = "shell",
    ) -> None:
        self._sandbox = sandbox
        self._submission = submission
        self._assignment = assignment
        self._provided = list(provided)
        self._engine = notebook_engine
        self._limits = assignment.limits
        self._questions = {question.id: question for question in assignment.questions}
        self._runner: Runner | None = None
        self._left_s = self._limits.total_s
        self._loss: LostError | None = None  # of the check that runs now: its later calls end in it at once
        self._load_loss: LostError | None = None
        self._question = ""
        self._used_s: defaultdict[str, float] = defaultdict(float)  # by each question
        self._lost_reloads = 0
        self._losses: Counter[str] = Counter()
        self._last_losses: dict[str, LostError] = {}
        self._stand_ins: Mapping[str, Callable[..., object]] = {}
        self._functions: list[Callable[..., object]] = []  # of ours that the submission may call, by their numbers
        self._depth = 0  # of requests that are waiting for an answer: a function of ours may ask while it is called

    def load(self) -> Loading:
        """Run the submission's file and say how that went; never raises SolutionError."""
        start = time.monotonic()
        try:
            reply = self._fresh_runner()
        except LostError as loss:
            self._load_loss = loss
            incident = Incident(where=self._submission.main, message=f"While the file ran, {loss.message}.")
            printed, count = self._runner.printed() if self._runner else ("", 0)
            return Loading(
                incidents=(incident,),
                undefined=self._assignment.names,
                printed=printed,
                printed_bytes=count,
                wall_s=time.monotonic() - start,
            )
        value = reply["value"]
        incidents = value.get("incidents")
        defined = set(_strings(value.get("names")))
        printed, count = self._runner.printed() if self._runner else ("", 0)
        return Loading(
            incidents=tuple(_incident(item) for item in incidents) if isinstance(incidents, list) else (),
            undefined=tuple(name for name in self._assignment.names if name not in defined),
            printed=printed,
            printed_bytes=count,
            notes=tuple(_strings(value.get("notes"))),
            wall_s=time.monotonic() - start,
        )

    def close(self) -> None:
        """Kill the runner."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def begin_check(self, question: str) -> None:
        """Forget the last check's loss, unless the question or the submission has been given up."""
        self._question = question
        self._loss = self._load_loss
        del self._functions[len(self._stand_ins) :]
        if self._losses[question] >= self._limits.losses_per_question or self._losses.total() >= self._limits.losses:
            self._loss = (
                self._loss
                or self._last_losses.get(question)
                or LostError(Verdict.CRASH, f"not asked any more: {self._losses.total()} earlier calls were lost")
            )

    def forget_objects(self) -> None:
        """Let the runner forget every object that it keeps for us; after a loss there is nothing to forget."""
        if self._runner is not None:
            try:
                self._timed({"op": "release"}, self._limits.call_s)
            except LostError:
                self.close()  # the next call starts the submission again

    def call(
        self,
        target: str | Handle,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        *,
        guard: ForbiddenCalls | None = None,
        return_arguments: bool = False,
        keep: bool = False,
    ) -> Answer:
        """Call a name of the submission, `provided.<name>`, or a handle; raises SolutionError."""
        reply = self._ask(
            {
                "op": "call",
                "target": target,
                "args": self._sendable(args),
                "kwargs": self._sendable(dict(kwargs)),
                "guard": _guard(guard),
                "return_arguments": return_arguments,
                "keep": keep,
            }
        )
        after = reply.get("arguments")
        if return_arguments and not _are_arguments(after):
            raise SolutionError(Verdict.CRASH, "its process broke off the exchange (arguments of another form)")
        after_args, after_kwargs = after if return_arguments else ((), {})  # type: ignore[misc]  # just checked
        return Answer(value=reply.get("value"), args=after_args, kwargs=after_kwargs, used=_used(reply.get("used")))

    def figure(self, target: str | Handle, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Call a name of the submission and return the figure that it drew, described as data; raises SolutionError."""
        sent = {"args": self._sendable(args), "kwargs": self._sendable(dict(kwargs))}
        return self._ask({"op": "figure", "target": target, **sent}).get("value")

    def attribute(self, handle: Handle, name: str) -> object:
        """Return an attribute of an object in the runner; raises SolutionError."""
        return self._ask({"op": "attribute", "target": handle, "name": name}).get("value")

    def state(self, handle: Handle) -> dict[str, object]:
        """Return the state dict of a module in the runner; raises SolutionError."""
        value = self._ask({"op": "state", "target": handle}).get("value")
        if not isinstance(value, dict):
            raise SolutionError(Verdict.FAIL, "its state dict is not a dict")
        return value

    def stand_in(self, functions: Mapping[str, Callable[..., object]]) -> None:
        """Start the submission again with these functions of the judge in the place of its own."""
        self.close()
        self._losses.clear()  # what was lost may have been lost in the functions that are replaced now
        self._stand_ins = dict(functions)

    def _sendable(self, value: Any) -> Any:
        """Return a value in which functions of ours are references that the submission can call."""
        if isinstance(value, tuple | list):
            return type(value)(map(self._sendable, value))
        if isinstance(value, dict):
            return {key: self._sendable(item) for key, item in value.items()}
        if not callable(value) or isinstance(value, Ref | type):
            return value
        self._functions.append(value)
        return Ref(kind="callback", id=len(self._functions) - 1, type=getattr(value, "__name__", "callback"))

    def _ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        try:
            if self._loss is not None:
                raise LostError(self._loss.verdict, self._loss.message)
            if self._runner is None:
                self._loaded_again()
            reply = self._called(request)
        except LostError as loss:
            if self._loss is None:
                self._note_loss(loss)
            error = SolutionError(loss.verdict, loss.message)
        else:
            if "raised" not in reply and "missing" not in reply:
                return reply
            error = _raised(reply["raised"], self._limits) if "raised" in reply else _missing(reply["missing"])
        raise error  # the only place: Hypothesis tells failures apart by type and line

    def _called(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Ask within the time that this question has left."""
        call_s, question_s = self._patience()
        left_s = question_s - self._used_s[self._question]
        whole = f"the calls of this question took {question_s:g} s together; more is not allowed"
        if left_s <= 0:
            raise LostError(Verdict.TIMEOUT, whole)
        start = time.monotonic()
        try:
            reply = self._timed(request, min(call_s, left_s), patience=whole if left_s < call_s else "")
        finally:
            if not self._depth:  # else the request around it counts the time
                self._used_s[self._question] += time.monotonic() - start
        return reply

    def _patience(self) -> tuple[float, float]:
        """Return how long one call of this question may take, and all of them."""
        question = self._questions.get(self._question)
        call_s, question_s = (question.call_s, question.question_s) if question else (None, None)
        return call_s or self._limits.call_s, question_s or self._limits.question_s

    def _note_loss(self, loss: LostError) -> None:
        self.close()
        self._loss = self._last_losses[self._question] = loss
        self._losses[self._question] += 1

    def _loaded_again(self) -> None:
        """Start the submission once more; after some losses on the way, one after the other, it is given up."""
        try:
            self._fresh_runner()
        except LostError as loss:
            again = LostError(loss.verdict, f"while the file ran again, {loss.message}")
            self._lost_reloads += 1
            if self._lost_reloads >= _RELOADS:
                self._load_loss = again
            raise again from None
        self._lost_reloads = 0

    def _fresh_runner(self) -> dict[str, Any]:
        self._runner = self._sandbox.start_runner(self._limits)
        submission = self._submission
        cells = None
        if submission.cells is not None:
            cells = [cell.source for cell in submission.cells if cell.kind == "code"]
        reply = self._timed(
            {
                "op": "load",
                "files": [(file.path, file.content) for file in submission.files],
                "main": submission.main,
                "cells": cells,
                "engine": self._engine,
                "provided": self._provided,
            },
            self._limits.load_s,
        )
        if not isinstance(reply.get("value"), dict):
            raise LostError(Verdict.CRASH, "its process broke off the exchange (while the file ran)")
        if self._stand_ins:
            self._functions = list(self._stand_ins.values())
            refs = {name: Ref(kind="callback", id=i, type=name) for i, name in enumerate(self._stand_ins)}
            self._timed({"op": "replace", "functions": refs}, self._limits.call_s)
        return reply

    def _timed(self, request: Mapping[str, object], wall_s: float, patience: str = "") -> dict[str, Any]:
        assert self._runner is not None
        whole = f"the submission took {self._limits.total_s:g} s in all; more is not allowed"
        if self._left_s <= 0:
            raise LostError(Verdict.TIMEOUT, whole)
        if self._left_s < wall_s:
            wall_s, patience = self._left_s, whole
        start = time.monotonic()
        self._depth += 1
        try:
            return self._runner.ask(request, wall_s=wall_s, patience=patience, call_back=self._call_back)
        finally:
            self._depth -= 1
            if not self._depth:
                self._left_s -= time.monotonic() - start

    def _call_back(self, number: int, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, object]:
        if not 0 <= number < len(self._functions):
            raise WireError("a call back of a function that is not there")
        try:
            return {"value": self._functions[number](*args, **kwargs)}
        except SolutionError as error:
            if self._loss is not None:  # the submission was lost while our function asked it
                raise LostError(self._loss.verdict, self._loss.message) from None
            return {"raised": {"type": (*error.kinds, "RuntimeError")[0], "message": error.exception[:500]}}
        except _NONSENSE as error:
            # Our function was given nonsense: that is for the student's code to hear, as from any library.
            return {"raised": {"type": type(error).__name__, "message": str(error)[:500]}}


def _guard(rule: ForbiddenCalls | None) -> dict[str, list[str]] | None:
    if rule is None:
        return None
    return {"modules": list(rule.modules), "methods": list(rule.methods), "operators": list(rule.operators)}


def _used(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        return ()
    return tuple((str(item[0]), str(item[1])) for item in value if isinstance(item, tuple) and len(item) == 2)


def _are_arguments(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], tuple) and isinstance(value[1], dict)


def _strings(value: object) -> Sequence[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _incident(item: object) -> Incident:
    fields = item if isinstance(item, dict) else {}
    kinds = _strings(fields.get("types"))
    message = str(fields.get("message", ""))
    return Incident(
        where=str(fields.get("where", ""))[:200],
        message=f"{kinds[0]}: {message}" if kinds else message,
        traceback=str(fields.get("traceback", ""))[:8000],
    )


def _raised(fields: object, limits: Limits) -> SolutionError:
    item = fields if isinstance(fields, dict) else {}
    kinds = tuple(_strings(item.get("types"))) or ("Exception",)
    text = str(item.get("message", ""))
    limit = limit_behind(kinds, text, limits)
    return SolutionError(
        Verdict.MEMORY if is_lack_of_memory(kinds, text) else Verdict.ERROR,
        (f"{kinds[0]}: {text}" if text else kinds[0]) + (f" ({limit})" if limit else ""),
        kinds=kinds,
        exception=text,
        traceback=str(item.get("traceback", ""))[:8000],
    )


def _missing(name: object) -> SolutionError:
    return SolutionError(Verdict.MISSING, f"`{name}` is not defined after the whole file has run")
