"""The pages and the gradebook of a batch, made from the store alone: nothing is graded here."""

from __future__ import annotations

from pathlib import Path

from grader.batch.misconceptions import read_misconceptions
from grader.class_results import class_result
from grader.export.gradebook import gradebook_csv
from grader.model import Assignment
from grader.report.class_page import Ran, write_class_page
from grader.report.writing import replace_text, write_result
from grader.store.store import Store

GRADEBOOK = "gradebook.csv"
REPORTS = "reports"


def write_report_page(store: Store, folder: Path, submission_id: str) -> None:
    """Write the page of one submission and its data, and note that they are there; raises GraderError."""
    result = store.result_of(submission_id)
    if result is not None:
        write_result(result, folder / REPORTS / submission_id)
        store.note_page(submission_id)


def write_missing_pages(store: Store, folder: Path) -> None:
    """Write the pages that an interrupted or changed batch left out; raises GraderError."""
    for grade in store.grades():
        if grade.report and not store.page_is_current(grade.entry.id):
            write_report_page(store, folder, grade.entry.id)


def write_class(store: Store, folder: Path, assignment: Assignment, ran: Ran) -> Path:
    """Write the class page and the gradebook and return the page's path; raises GraderError."""
    results = [class_result(entry, result) for entry, result in store.results()]
    replace_text(folder / GRADEBOOK, gradebook_csv(results, [question.id for question in assignment.questions]))
    return write_class_page(folder, assignment.title, results, ran=ran, misconceptions=read_misconceptions(assignment))
