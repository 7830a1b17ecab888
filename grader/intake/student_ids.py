"""Makes the ids of students: names of folders that every system can store, and no two of them the same anywhere.

Whatever stands in a download becomes an id by the same steps each time, so that the same student keeps the same id. Only
where two students would share a folder (`ADA` and `ada`, on a system that does not tell them apart) all but the first get
a few digits, which come from that student's own name. An id never holds "~": `ada~2` is the second attempt of `ada`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from grader.intake.paths import printable

MAX_ID_BYTES = 100  # of an id, the number of the attempt included

_STEM_BYTES = 80  # of an id before the digits that tell two students apart and the number of the attempt
_CUT_DIGITS = 8  # of a hash of the whole name, where only its beginning fits
_DIGITS = (4, 6, 8, 12)  # of a hash of the student, the fewest that do
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # by Windows
_OURS = re.compile(r"[/\\~]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The id of each student, and a sentence for each that could not be called as in the download."""

    by_key: Mapping[str, str]
    changed: tuple[str, ...]


def student_id(label: str) -> str:
    """Return what a student is called; what every system can store stays as it is."""
    text = unicodedata.normalize("NFC", printable(label))
    text = portable_name(_OURS.sub("_", text)).lstrip(". ") or "student"
    if len(text.encode()) <= _STEM_BYTES:
        return text
    beginning = text.encode()[: _STEM_BYTES - _CUT_DIGITS - 1].decode("utf-8", "ignore")
    return f"{beginning.rstrip('. ')}-{_digest(label)[:_CUT_DIGITS]}"


def portable_name(name: str) -> str:
    """Return a name without what Windows cannot store: some characters, dots at the end, the names of devices."""
    text = _FORBIDDEN.sub("_", name).rstrip(". ")
    return f"_{text}" if _DEVICE.match(text.lstrip(". ")) else text


def folded(name: str) -> str:
    """Return what is the same for all names that some system takes for one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def unique_ids(labels: Mapping[str, str]) -> Ids:
    """Give each student, known by a key, an id made of the label.

    Where several would get the same, the first by name of those whose label needed no change keeps it. The others get
    digits of their own, which do not depend on who else is there.
    """
    wanted = {key: student_id(label) for key, label in labels.items()}
    ranked = sorted(labels, key=lambda key: (wanted[key] != labels[key], labels[key], key))
    owners: dict[str, str] = {}
    for key in ranked:
        owners.setdefault(folded(wanted[key]), key)
    by_key: dict[str, str] = {}
    changed: list[str] = []
    for key in ranked:
        by_key[key] = wanted[key]
        first = owners[folded(wanted[key])]
        if first != key:
            by_key[key] = _own_id(key, wanted[key], owners)
            changed.append(f"{printable(labels[key])} is called {by_key[key]}")
    return Ids(by_key=by_key, changed=tuple(changed))


def _own_id(key: str, wanted: str, owners: dict[str, str]) -> str:
    """Return the id with as few digits as make it the only one of its kind, and note that it is taken."""
    salted = (f"{salt} {key}" if salt else key for salt in count())
    candidates = (f"{wanted}-{_digest(text)[:digits]}" for text in salted for digits in _DIGITS)
    return next(own for own in candidates if owners.setdefault(folded(own), key) == key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
