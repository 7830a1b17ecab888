"""assignment.toml -> Assignment. Everything about an assignment that is data is read and checked here."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import SpecError
from grader.model import Assignment, ForbiddenCalls, Kind, Limits, Question

SPECIFICATION = "assignment.toml"
_LIMITS = {
    "load_s": ("load_s", 1.0),
    "call_s": ("call_s", 1.0),
    "total_s": ("total_s", 1.0),
    "memory_mib": ("memory_bytes", 2**20),
    "answer_mib": ("answer_bytes", 2**20),
    "file_mib": ("file_bytes", 2**20),
    "output_kib": ("output_bytes", 2**10),
    "losses": ("losses", 1),
    "losses_per_question": ("losses_per_question", 1),
}
_QUESTION_KEYS = {"id", "part", "title", "kind", "points", "names", "needs", "signature"}


def list_assignments(root: Path) -> tuple[str, ...]:
    """Return the slugs of the assignments below a folder."""
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{SPECIFICATION}")))


def read_assignment(root: Path, slug: str) -> Assignment:
    """Return an assignment; raises SpecError that says what is wrong and where."""
    path = root / slug / SPECIFICATION
    if not path.exists():
        known = ", ".join(list_assignments(root)) or "none"
        raise SpecError(f"there is no assignment {slug!r}; known are: {known}")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path} cannot be read: {error}") from None
    parts = {part["id"]: f"{part['id']}. {part['title']}" for part in _tables(data, "part", path)}
    questions = tuple(_question(table, parts, path) for table in _tables(data, "question", path))
    _require(questions, "it has no [[question]]", path)
    ids = [question.id for question in questions]
    _require(len(set(ids)) == len(ids), "two questions have the same id", path)
    for question in questions:
        unknown = set(question.needs) - set(ids)
        _require(not unknown, f"question {question.id} needs unknown {sorted(unknown)}", path)
    return Assignment(
        slug=slug,
        title=str(data.get("title", slug)),
        folder=path.parent.resolve(),
        questions=questions,
        limits=_limits(data.get("limits", {}), path),
        digest=_digest(path.parent),
        forbidden=tuple(_forbidden(table, ids, path) for table in _tables(data, "forbidden", path)),
    )


def provided_source(assignment: Assignment) -> bytes | None:
    """Return the course's own code, which every runner gets, or None where there is none."""
    path = assignment.folder / "provided.py"
    return path.read_bytes() if path.exists() else None


def _question(table: Mapping[str, Any], parts: Mapping[str, str], path: Path) -> Question:
    where = f"question {table.get('id', '?')}"
    unknown = set(table) - _QUESTION_KEYS
    _require(not unknown, f"{where} has unknown keys {sorted(unknown)}", path)
    _require({"id", "title", "points"} <= set(table), f"{where} lacks id, title or points", path)
    _require(isinstance(table["points"], int | float) and table["points"] > 0, f"{where}: points are not > 0", path)
    kind = table.get("kind", "code")
    _require(kind in set(Kind), f"{where}: kind {kind!r} is none of {', '.join(Kind)}", path)
    return Question(
        id=str(table["id"]),
        title=str(table["title"]),
        kind=Kind(kind),
        points=float(table["points"]),
        part=parts.get(table.get("part", ""), ""),
        names=tuple(table.get("names", ())),
        needs=tuple(table.get("needs", ())),
        signature=str(table.get("signature", "")),
    )


def _forbidden(table: Mapping[str, Any], ids: Sequence[str], path: Path) -> ForbiddenCalls:
    unknown = set(table.get("questions", ())) - set(ids)
    _require(not unknown, f"[[forbidden]] names unknown questions {sorted(unknown)}", path)
    return ForbiddenCalls(
        rule=str(table.get("rule", "")),
        **{key: tuple(table.get(key, ())) for key in ("questions", "modules", "functions", "methods", "operators")},
    )


def _limits(table: Mapping[str, Any], path: Path) -> Limits:
    unknown = set(table) - set(_LIMITS)
    _require(not unknown, f"[limits] has unknown keys {sorted(unknown)}; known are {', '.join(_LIMITS)}", path)
    return Limits(**{_LIMITS[key][0]: value * _LIMITS[key][1] for key, value in table.items()})


def _tables(data: Mapping[str, Any], key: str, path: Path) -> Sequence[Mapping[str, Any]]:
    tables = data.get(key, [])
    _require(isinstance(tables, list) and all(isinstance(t, dict) for t in tables), f"{key} is not [[{key}]]", path)
    return list(tables)


def _digest(folder: Path) -> str:
    """Return a digest over the files that decide a score."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        if path.suffix in (".py", ".toml"):
            content = path.read_bytes()
            digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return "sha256:" + digest.hexdigest()


def _require(true: object, message: str, path: Path) -> None:
    if not true:
        raise SpecError(f"{path}: {message}")
