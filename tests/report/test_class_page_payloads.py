"""Hostile texts in every field of a class's results, in a real browser: the class page shows them, and they do nothing.

As for a report, two walls are tried one by one: escaping, where no policy is heeded, and the policy, which here allows the
page's own script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from grader.class_results import CheckOutcome, ClassResult, QuestionOutcome, Standing
from grader.model import Verdict
from grader.report.class_page import Ran, render_class_page, write_class_page
from tests.a_class import course
from tests.report.payloads import PAYLOADS, changed, fields_with_text, filled, harmless
from tests.report.test_payloads_in_browser import ACTED, INTRUDE, INTRUDERS, WINDOW, Tab, as_read, each

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

# No class page shows these as text: ids are a part of addresses, a check stands below its question.
NOT_SHOWN = {
    "ClassResult.id",
    "ClassResult.others",
    "ClassResult.handed_in",
    "CheckOutcome.question",
    "QuestionOutcome.part",
}
SHOWN = (fields_with_text(ClassResult) | fields_with_text(Ran) | {"title", "misconception"}) - NOT_SHOWN

# Does what a reader may do, but for following the links to reports, which are not there.
USE = """async () => {
  document.querySelectorAll("details").forEach(details => { details.open = true; });
  for (const element of document.querySelectorAll("*")) {
    for (const kind of ["mouseover", "pointerdown", "focus"]) element.dispatchEvent(new Event(kind));
  }
  document.querySelectorAll("button").forEach(element => element.click());
  for (const field of document.querySelectorAll("input, select")) {
    field.value = field.matches("input") ? "<img src=x onerror=window.__xss=1>" : field.options[1].value;
    field.dispatchEvent(new Event("input"));
  }
  document.querySelector("#everything").click();
  await new Promise(done => setTimeout(done, 10));
  return window.__xss !== undefined;
}"""

# The elements, each with its depth and its attributes; of those that are made from texts, and of a figure's, the names alone.
PARSED = """source => {
  const page = new DOMParser().parseFromString(source, "text/html");
  return [...page.querySelectorAll("*")].map(element => {
    const fromText = name => element.closest(".plot")
      || ["id", "href", "title", "aria-label", "aria-labelledby", "data-what"].includes(name);
    const attributes = [...element.attributes].map(({name, value}) => fromText(name) ? name : `${name}=${value}`);
    let depth = 0;
    for (let above = element.parentNode; above !== page; above = above.parentNode) depth += 1;
    return [depth, element.namespaceURI, element.localName, ...attributes.sort()].join(" ");
  }).join("\\n");
}"""

# What could act and is not the page's own.
DANGERS = """() => [...document.querySelectorAll("*")].filter(element =>
  element.matches(
    "body script, script ~ script, iframe, frame, object, embed, form, base, link, img, audio, video, noscript, template, math, "
    + "foreignObject, animate, meta[http-equiv=refresh i], [style], [src], [srcset], [srcdoc], [action], [formaction]"
  )
  || [...element.attributes].some(({name, value}) =>
    name.startsWith("on") || (name.endsWith("href") && !/^(#|reports\\/[^\\/]+\\/index\\.html$)/.test(value)))
).map(element => element.outerHTML.slice(0, 200))"""


class ClassTab(Tab):
    """A tab that uses a class page."""

    def use(self) -> list[str]:
        """Use the page, and return the signs since it was opened."""
        try:
            if self.page.evaluate(USE):
                self._signs.append("ran")
        except sync_api.Error as error:
            self._signs.append(f"gone, {error.message}")
        return self._signs[2:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """All that a class page is made from."""

    title: str
    results: tuple[ClassResult, ...]
    ran: Ran
    misconception: tuple[tuple[str, str, str], str]

    @property
    def options(self) -> dict[str, object]:
        """What the page takes beside its title."""
        return {"results": self.results, "ran": self.ran, "misconceptions": dict([self.misconception])}


def class_full_of(text: str) -> Class:
    """Return a class in which every field that can hold text holds this one and, after it, the field's own mark."""
    marks = count(1)

    def marked(field: str) -> str:
        return f"{text} {field}#{next(marks)}"

    question = filled(QuestionOutcome, marked)
    question = replace(question, verdict=Verdict.FAIL, points=1.0, out_of=4.0, checks=_checks(question.id, marked))
    submissions = [replace(filled(ClassResult, marked), questions=(question,), problem="", faults=()) for _ in range(2)]
    incomplete, unreadable, waiting = (filled(ClassResult, marked) for _ in range(3))
    known = question.checks[0]
    return Class(
        title=marked("title"),
        results=(
            *submissions,  # two, so that their answers are clusters
            replace(incomplete, standing=Standing.INCOMPLETE, problem="", questions=(replace(question, checks=()),)),
            replace(unreadable, standing=Standing.UNREADABLE, questions=()),
            replace(waiting, standing=Standing.WAITING, has_report=False, questions=(), problem="", faults=()),
        ),
        ran=filled(Ran, marked),
        misconception=((known.id, known.call or "", known.got), marked("misconception")),
    )


def _checks(question_id: str, marked: Callable[[str], str]) -> tuple[CheckOutcome, ...]:
    """Return checks that ended in every way in which an answer is told."""
    ends = [(Verdict.FAIL, True), (Verdict.FAIL, ""), (Verdict.ERROR, True), (Verdict.CRASH, None), (Verdict.PASS, None)]
    found = []
    for verdict, call in ends:
        check = replace(filled(CheckOutcome, marked), question=question_id, verdict=verdict)
        found.append(check if call is True else replace(check, call=call))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page did when it was opened and used, and how it looked then."""

    signs: list[str]
    dangers: list[str]
    text: str
    width: int


@pytest.fixture(scope="module")
def guarded(browser) -> Iterator[ClassTab]:
    """A tab as instructors have it, as narrow as a telephone."""
    with browser.new_context(viewport=WINDOW) as context:
        yield ClassTab(context)


@pytest.fixture(scope="module")
def unguarded(browser) -> Iterator[ClassTab]:
    """A tab that heeds no policy, so that whatever is not escaped acts."""
    with browser.new_context(bypass_csp=True) as context:
        yield ClassTab(context)


@pytest.fixture(scope="module")
def parsed(browser) -> Iterator[Callable[[str], str]]:
    """What gives the elements of a page as the browser parses it, without opening it."""
    with browser.new_context() as context:
        page = context.new_page()
        yield lambda source: page.evaluate(PARSED, source)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Callable[[int], tuple[Class, Path]]:
    """What gives the class that is full of a payload, and its page."""
    folder = tmp_path_factory.mktemp("payloads")

    def hostile(number: int) -> tuple[Class, Path]:
        one = class_full_of(PAYLOADS[number].text)
        return one, write_class_page(folder / str(number), one.title, **one.options)

    return cache(hostile)


@pytest.fixture(scope="module")
def seen(guarded, hostile) -> Callable[[int], Seen]:
    """What looks, once, at the page of the class that is full of a payload."""

    def seen(number: int) -> Seen:
        return Seen(
            signs=guarded.open(hostile(number)[1]),
            dangers=guarded.page.evaluate(DANGERS),
            text=as_read(guarded.page.evaluate("document.title + ' ' + document.body.innerText")),
            width=guarded.page.evaluate("document.documentElement.scrollWidth"),
        )

    return cache(seen)


@each(PAYLOADS)
def test_nothing_runs_and_nothing_is_asked_for(seen, number):
    assert seen(number).signs == []


@each(PAYLOADS)
def test_no_element_and_no_attribute_is_added(seen, hostile, parsed, number):
    one, path = hostile(number)
    plain = changed(one, harmless)
    assert parsed(path.read_text(encoding="utf-8")) == parsed(render_class_page(plain.title, **plain.options))
    assert seen(number).dangers == []


@each(PAYLOADS)
def test_every_field_is_seen_as_it_is(seen, number):
    assert unseen(SHOWN, seen(number).text, number) == set()


def test_only_what_no_page_shows_is_left_out(seen):
    assert unseen(NOT_SHOWN, seen(0).text, 0) == NOT_SHOWN


@each(PAYLOADS)
def test_the_page_does_not_scroll_sideways(seen, number):
    assert seen(number).width == WINDOW["width"]


def unseen(fields: set[str], text: str, number: int) -> set[str]:
    """Return the fields whose mark does not stand right after the whole payload."""
    payload = as_read(PAYLOADS[number].shows or PAYLOADS[number].text)
    return {field for field in fields if f"{payload} {field}#" not in text}


@pytest.mark.slow  # the other tests hold the page as it is
@each([payload for payload in PAYLOADS if payload.hole])
def test_escaping_alone_is_enough(unguarded, hostile, number):
    assert unguarded.open(hostile(number)[1]) == []


@pytest.fixture(scope="module")
def plain_page(tmp_path_factory) -> Path:
    """The page of a harmless class."""
    ran = Ran(when="14 March 2026", wall_s=1.0, grader="0.1.0")
    return write_class_page(tmp_path_factory.mktemp("plain"), "Convolutional Networks", course(12), ran=ran)


@pytest.mark.parametrize("name", INTRUDERS)
def test_the_policy_refuses_what_is_not_the_pages_own(guarded, plain_page, name):
    directive, script = INTRUDERS[name]
    assert guarded.open(plain_page) == []
    assert guarded.page.evaluate(INTRUDE.replace("INTRUDER", script)) == directive
    assert not [sign for sign in guarded.use() if ACTED.match(sign)]


def test_a_script_that_was_changed_by_one_letter_does_not_run(guarded, plain_page, tmp_path):
    changed_page = tmp_path / "index.html"
    source = plain_page.read_text(encoding="utf-8")
    assert source.count('"use strict"') == 1
    changed_page.write_text(source.replace('"use strict"', '"Use strict"'), encoding="utf-8")
    guarded._signs.clear()
    guarded.page.goto(changed_page.as_uri())
    assert guarded.page.locator("#controls").is_hidden()
    assert guarded.page.locator("#grid tbody tr").count() == 12
    assert re.search("Content Security Policy|script-src", " ".join(guarded._signs))
