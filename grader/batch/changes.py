"""What a regrade would change, and why. Pure: it compares two results and the two settings that they were made in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SAME = 1e-9  # points


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChange:
    """How one question of one submission changes."""

    id: str
    before: float
    after: float
    verdicts: tuple[str, str]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one submission's score changes."""

    id: str
    before: float
    after: float
    out_of: tuple[float, float]
    questions: tuple[QuestionChange, ...]

    @property
    def gain(self) -> float:
        """Points that are gained; below zero: lost."""
        return self.after - self.before

    @property
    def is_seen(self) -> bool:
        """Whether a reader of the report would see a difference in points or verdicts."""
        return bool(self.questions) or abs(self.gain) > _SAME or self.out_of[0] != self.out_of[1]


def change_of(
    submission_id: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    settings: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
) -> Change:
    """Return how a submission's result changes; `settings` are what the two keys stand for, where that is known."""
    old = {question["id"]: question for question in before["questions"]}
    new = {question["id"]: question for question in after["questions"]}
    return Change(
        id=submission_id,
        before=before["score"]["points"],
        after=after["score"]["points"],
        out_of=(before["score"]["out_of"], after["score"]["out_of"]),
        questions=tuple(
            QuestionChange(
                id=question,
                before=_points(old.get(question)),
                after=_points(new.get(question)),
                verdicts=(_verdict(old.get(question)), _verdict(new.get(question))),
                why=tuple(_reasons(old.get(question), new.get(question), settings)),
            )
            for question in [*new, *(old.keys() - new.keys())]
            if _differs(old.get(question), new.get(question))
        ),
    )


def _differs(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    same_points = abs(_points(old) - _points(new)) <= _SAME and _out_of(old) == _out_of(new)
    return not same_points or _verdict(old) != _verdict(new)


def _points(question: Mapping[str, Any] | None) -> float:
    return float(question["points"]) if question else 0.0


def _out_of(question: Mapping[str, Any] | None) -> float:
    return float(question["out_of"]) if question else 0.0


def _verdict(question: Mapping[str, Any] | None) -> str:
    return str(question["verdict"]) if question else "not asked"


def _reasons(
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    settings: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
) -> Iterator[str]:
    """Yield why a question changed: its checks and what was done to them, its points, or what stands around all checks."""
    was, now = ({check["id"]: check for check in (question or {}).get("checks", ())} for question in (old, new))
    edited = _edited(settings)
    yield from (f"{check} is new" for check in now if check not in was)
    yield from (f"{check} is gone" for check in was if check not in now)
    changed = [check for check in now if check in was and was[check]["verdict"] != now[check]["verdict"]]
    for check in changed:
        how = f"{was[check]['verdict']} became {now[check]['verdict']}"
        yield f"{check} {'was edited' if _function(check) in edited else 'finds something else'}: {how}"
    if old is not None and new is not None and _worth(old) != _worth(new):
        yield f"it is worth {_worth(new):g} points instead of {_worth(old):g}"
    if any(_function(check) not in edited for check in changed):
        yield from (f"{part} changed" for part in _changed_parts(settings))


def _worth(question: Mapping[str, Any]) -> float:
    return float(question["out_of"]) + float(question["not_run"])


def _function(check: str) -> str:
    return check.partition("[")[0]


def _edited(settings: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]) -> frozenset[str]:
    was, now = ((setting or {}).get("checks", {}) for setting in settings)
    return frozenset(name for name in now if name in was and was[name] != now[name])


def _changed_parts(settings: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]) -> list[str]:
    was, now = ((setting or {}).get("context", {}) for setting in settings)
    return [part for part in now if part in was and was[part] != now[part]]
