"""assignment.toml -> Assignment. Everything about an assignment that is data is read and checked here."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import SpecError
from grader.model import Assignment, ForbiddenCalls, Kind, Limits, Question

SPECIFICATION = "assignment.toml"
_LIMITS: dict[str, tuple[str, int | float]] = {  # key -> field, factor; an int makes a whole number
    "load_s": ("load_s", 1.0),
    "call_s": ("call_s", 1.0),
    "question_s": ("question_s", 1.0),
    "total_s": ("total_s", 1.0),
    "cpu_s": ("cpu_s", 1.0),
    "memory_mib": ("memory_bytes", 2**20),
    "processes": ("processes", 1),
    "open_files": ("open_files", 1),
    "files": ("files", 1),
    "disk_mib": ("disk_bytes", 2**20),
    "answer_mib": ("answer_bytes", 2**20),
    "file_mib": ("file_bytes", 2**20),
    "output_kib": ("output_bytes", 2**10),
    "losses": ("losses", 1),
    "losses_per_question": ("losses_per_question", 1),
}
_KEYS = {
    "the file": {"title", "summary", "limits", "provided", "part", "question", "forbidden"},
    "part": {"id", "title"},
    "question": {"id", "part", "title", "kind", "points", "names", "needs", "signature", "rubric", "call_s", "question_s"},
    "forbidden": {"rule", "questions", "modules", "functions", "methods", "operators"},
}


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
    _require_keys(data, "the file", "the file", path)
    parts = dict(_part(table, path) for table in _tables(data, "part", path))
    questions = tuple(_question(table, parts, path) for table in _tables(data, "question", path))
    _require(questions, "it has no [[question]]", path)
    ids = [question.id for question in questions]
    _require(len(set(ids)) == len(ids), "two questions have the same id", path)
    for question in questions:
        unknown = set(question.needs) - set(ids)
        _require(not unknown, f"question {question.id} needs unknown {sorted(unknown)}", path)
    provided = _provided(data, path)
    return Assignment(
        slug=slug,
        title=_string(data, "title", "the file", path) or slug,
        folder=path.parent.resolve(),
        questions=questions,
        limits=_limits(data.get("limits", {}), path),
        digest=_digest(path.parent, provided),
        forbidden=tuple(_forbidden(table, ids, path) for table in _tables(data, "forbidden", path)),
        provided=provided,
    )


def provided_sources(assignment: Assignment) -> tuple[tuple[str, bytes], ...]:
    """Return the course's own code, which every runner gets as one module: name and text of each file."""
    return tuple((path.name, path.read_bytes()) for path in assignment.provided)


def digest_of(assignment: Assignment) -> str:
    """Return a digest over the files of an assignment that decide a score, as they are now."""
    return _digest(assignment.folder, assignment.provided)


def _digest(folder: Path, provided: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    own = [path for path in sorted(folder.glob("*")) if path.suffix in (".py", ".toml")]
    for path in (*own, *(path for path in provided if path.parent != folder.resolve())):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return "sha256:" + digest.hexdigest()


def _provided(data: Mapping[str, Any], path: Path) -> tuple[Path, ...]:
    if "provided" not in data:
        own = path.parent.resolve() / "provided.py"
        return (own,) if own.exists() else ()
    files = tuple((path.parent / name).resolve() for name in _strings(data, "provided", "the file", path))
    for file in files:
        _require(file.is_relative_to(path.parent.parent.resolve()), f"provided: {file} lies outside of all assignments", path)
        _require(file.is_file() and file.suffix == ".py", f"provided: there is no Python file {file}", path)
    return files


def _part(table: Mapping[str, Any], path: Path) -> tuple[str, str]:
    where = f"part {table.get('id', '?')}"
    _require_keys(table, "part", where, path)
    part_id, title = (_string(table, key, where, path) for key in ("id", "title"))
    _require(part_id and title, f"{where} lacks id or title", path)
    return part_id, f"{part_id}. {title}"


def _question(table: Mapping[str, Any], parts: Mapping[str, str], path: Path) -> Question:
    where = f"question {table.get('id', '?')}"
    _require_keys(table, "question", where, path)
    question_id, title, part = (_string(table, key, where, path) for key in ("id", "title", "part"))
    _require(question_id and title and "points" in table, f"{where} lacks id, title or points", path)
    _require(_is_amount(table["points"]), f"{where}: points are not a number > 0", path)
    _require(not part or part in parts, f"{where}: part {part!r} is none of {', '.join(parts) or 'none'}", path)
    kind = _string(table, "kind", where, path) or "code"
    _require(kind in set(Kind), f"{where}: kind {kind!r} is none of {', '.join(Kind)}", path)
    return Question(
        id=question_id,
        title=title,
        kind=Kind(kind),
        points=float(table["points"]),
        part=parts.get(part, ""),
        names=_strings(table, "names", where, path),
        needs=_strings(table, "needs", where, path),
        signature=_string(table, "signature", where, path),
        rubric=_string(table, "rubric", where, path).strip(),
        call_s=_seconds(table, "call_s", where, path),
        question_s=_seconds(table, "question_s", where, path),
    )


def _forbidden(table: Mapping[str, Any], ids: Sequence[str], path: Path) -> ForbiddenCalls:
    _require_keys(table, "forbidden", "[[forbidden]]", path)
    rule = _string(table, "rule", "[[forbidden]]", path)
    lists = {key: _strings(table, key, "[[forbidden]]", path) for key in sorted(_KEYS["forbidden"] - {"rule"})}
    _require(rule and lists["questions"], "[[forbidden]] lacks rule or questions", path)
    unknown = set(lists["questions"]) - set(ids)
    _require(not unknown, f"[[forbidden]] names unknown questions {sorted(unknown)}", path)
    return ForbiddenCalls(rule=rule, **lists)


def _limits(table: object, path: Path) -> Limits:
    if not isinstance(table, dict):
        raise SpecError(f"{path}: limits is not [limits]")
    unknown = set(table) - set(_LIMITS)
    _require(not unknown, f"[limits] has unknown keys {sorted(unknown)}; known are {', '.join(_LIMITS)}", path)
    values: dict[str, Any] = {}
    for key, value in table.items():
        name, unit = _LIMITS[key]
        _require(_is_amount(value), f"[limits] {key} is {value!r} and not a number > 0", path)
        _require(isinstance(unit, float) or value * unit % 1 == 0, f"[limits] {key} is {value!r} and makes no whole number", path)
        values[name] = value * unit if isinstance(unit, float) else int(value * unit)
    return Limits(**values)


def _string(table: Mapping[str, Any], key: str, where: str, path: Path) -> str:
    value = table.get(key, "")
    _require(isinstance(value, str), f"{where}: {key} is {value!r} and not a string", path)
    return str(value)


def _strings(table: Mapping[str, Any], key: str, where: str, path: Path) -> tuple[str, ...]:
    values = table.get(key, [])
    is_list = isinstance(values, list) and all(isinstance(value, str) for value in values)
    _require(is_list, f"{where}: {key} is {values!r} and not a list of strings", path)
    return tuple(values)


def _seconds(table: Mapping[str, Any], key: str, where: str, path: Path) -> float | None:
    value = table.get(key)
    _require(value is None or _is_amount(value), f"{where}: {key} is {value!r} and not a number > 0", path)
    return None if value is None else float(value)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _require_keys(table: Mapping[str, Any], kind: str, where: str, path: Path) -> None:
    unknown = set(table) - _KEYS[kind]
    _require(not unknown, f"{where} has unknown keys {sorted(unknown)}; known are {', '.join(sorted(_KEYS[kind]))}", path)


def _tables(data: Mapping[str, Any], key: str, path: Path) -> Sequence[Mapping[str, Any]]:
    tables = data.get(key, [])
    _require(isinstance(tables, list) and all(isinstance(t, dict) for t in tables), f"{key} is not [[{key}]]", path)
    return list(tables)


def _require(true: object, message: str, path: Path) -> None:
    if not true:
        raise SpecError(f"{path}: {message}")
