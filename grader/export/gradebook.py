"""A class's results as a table for spreadsheets and learning platforms: CSV after RFC 4180. Pure: results in, text out.

The text begins with a byte order mark, without which Excel takes UTF-8 for the code page of its machine; pandas and every
reader of "utf-8-sig" leave it away. Write it as UTF-8 and without changing its line ends.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO

from grader.class_results import ClassResult, Standing, counted, flags_of, most_points, percent, questions_of
from grader.model import Verdict

BYTE_ORDER_MARK = "\ufeff"
_STUDENT = ("id", "name", "attempt", "handed_in", "late")
_TOTALS = ("total", "out_of", "percent")
_BY_HAND = ("by_hand", "by_hand_out_of")
_STANDING = ("complete", "flags")

_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# What a spreadsheet takes for a formula, in full width too, as Japanese editions do.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def gradebook_csv(results: Sequence[ClassResult], questions: Sequence[str] = ()) -> str:
    """Return a row for each student with the points of each question; `questions` are the ids of the columns, else all.

    Of several graded attempts the best counts. What is not known is empty and never a zero: the total of a submission that
    is incomplete or not graded yet, a question that a fault struck or that was not run. An unreadable submission has 0
    points, and the flag says why. Points are those of the report to the last digit; `percent` is rounded down. Text that a
    spreadsheet would take for a formula stands behind an apostrophe, and a control character is a blank.
    """
    chosen = counted(results)
    ids = list(questions) or [question.id for question in questions_of(chosen)]
    out_of = most_points(chosen)
    by_hand = _BY_HAND if any(result.by_hand_out_of for result in chosen) else ()
    written = StringIO()
    writer = csv.writer(written)  # its default is RFC 4180: commas, CR LF, quotes where they are needed
    writer.writerow((*_STUDENT, *map(_heading, ids), *_TOTALS, *by_hand, *_STANDING))
    for result in chosen:
        writer.writerow(
            (
                *_student(result),
                *_points(result, ids),
                *_totals(result, out_of),
                *(_by_hand(result) if by_hand else ()),
                _truth(result.standing in (Standing.GRADED, Standing.UNREADABLE)),
                "; ".join(flags_of(result)),
            )
        )
    return BYTE_ORDER_MARK + written.getvalue()


def _heading(question_id: str) -> str:
    """Return the column of a question, which no other column has."""
    taken = question_id in (*_STUDENT, *_TOTALS, *_BY_HAND, *_STANDING)
    return text_cell(f"question {question_id}" if taken else question_id)


def _student(result: ClassResult) -> tuple[str, ...]:
    return (
        text_cell(result.student),
        text_cell(result.name),
        str(result.attempt),
        text_cell(result.handed_in),
        _truth(result.late),
    )


def _points(result: ClassResult, ids: Sequence[str]) -> Iterator[str]:
    found = {question.id: question for question in result.questions}
    for id_ in ids:
        question = found.get(id_)
        if result.standing is Standing.UNREADABLE:
            yield "0"
        elif question is None or question.verdict in (Verdict.FAULT, Verdict.NOT_RUN) or not question.out_of:
            yield ""
        else:
            yield _number(question.points)


def _totals(result: ClassResult, out_of: float) -> tuple[str, str, str]:
    """Return total, out of and percent; an unreadable submission that nobody ran is out of what the class is out of."""
    whole = result.out_of or (out_of if result.standing is Standing.UNREADABLE else 0.0)
    if result.standing in (Standing.INCOMPLETE, Standing.WAITING):
        return "", _number(whole) if whole else "", ""
    return _number(result.points), _number(whole), _number(percent(result.points, whole))


def _by_hand(result: ClassResult) -> tuple[str, str]:
    return ("" if result.by_hand is None else _number(result.by_hand), _number(result.by_hand_out_of))


def _truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"  # as spreadsheets write it, and as pandas reads it


def _number(value: float) -> str:
    """Return all digits of a number of points, which has at most four behind the point."""
    return f"{value + 0.0:.4f}".rstrip("0").rstrip(".")


def text_cell(value: str) -> str:
    """Return text that no spreadsheet takes for a formula and no reader of CSV stumbles over."""
    clean = _CONTROLS.sub(" ", _SURROGATES.sub("\ufffd", value))
    return f"'{clean}" if _FORMULA.match(clean) else clean
