"""The class page in a real browser: its tables sort and filter without a network, by mouse and by keyboard, and print whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.class_results import ClassResult, Standing, counted, percent
from grader.report.class_page import Ran, write_class_page
from tests.a_class import CEIL, answering, course, graded
from tests.report.test_page_in_browser import LOW_CONTRAST

pytestmark = pytest.mark.browser

RAN = Ran(when="14 March 2026, 21:07", wall_s=4380.0, grader="0.1.0", seed=7, isolation=("level A",))
SMALL, LARGE = 60, 700  # submissions
AT_ONCE = 250  # rows that the page shows
WIDTHS = [360, 1400]

CAN_HAVE_FOCUS = "a[href], summary, [tabindex='0'], button:not([hidden], [disabled]), input, select"


@pytest.fixture(scope="module")
def classes() -> dict[str, list[ClassResult]]:
    return {"small": course(SMALL), "large": course(LARGE), "clusters": _clusters(), "nobody": []}


def _clusters() -> list[ClassResult]:
    other = CEIL | {"got": "(9, 9, 9)"}
    return [answering(f"s{place:02}", CEIL if place % 3 else other) for place in range(30)] + [graded("right", [4, 4, 4])]


@pytest.fixture(scope="module")
def folder(classes, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("classes")
    for sort, results in classes.items():
        write_class_page(folder / sort, "Convolutional Networks", results, ran=RAN)
    return folder


@pytest.fixture
def open_page(browser, folder) -> Iterator[object]:
    """Open the page of a class; whatever its script complains of, or asks for, fails the test."""
    contexts, heard, asked = [], [], []

    def open_page(sort="small", width=1400, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((folder / sort / "index.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []
    assert [url for url in asked if not url.startswith(folder.as_uri())] == []
    assert len(asked) == len(contexts)


def students(page) -> list[str]:
    """Return the ids of the rows that are seen, from top to bottom."""
    return page.evaluate(
        "[...document.querySelectorAll('#grid tbody tr')].filter(row => row.checkVisibility())"
        ".map(row => row.querySelector('small')?.textContent ?? row.cells[0].textContent.trim())"
    )


def wait_for_rows(page, count):
    """Wait until the page has heard that it is shown on something else; printing itself tells it at once."""
    page.wait_for_function("count => document.querySelectorAll('#grid tbody tr').length === count", arg=count)


def heading(page, name):
    return page.locator("#grid thead button", has_text=name).first


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")


# Sorting


def test_points_sort_up_and_down_and_what_is_not_known_stays_last(open_page, classes):
    page = open_page()
    known = {one.student: one.points for one in classes["small"] if one.standing is not Standing.WAITING}
    heading(page, "Points").click()
    *shown, last = students(page)
    assert [known[student] for student in shown] == sorted(known.values())
    assert last not in known
    heading(page, "Points").click()
    *shown, last = students(page)
    assert [known[student] for student in shown] == sorted(known.values(), reverse=True)
    assert last not in known


def test_names_sort_as_people_read_them(open_page):
    page = open_page()
    heading(page, "Student").click()
    names = page.evaluate("[...document.querySelectorAll('#grid tbody th')].map(cell => cell.textContent.split(' ')[0])")
    assert len(names) == SMALL
    assert list(dict.fromkeys(names)) == ["Ada", "Emre", "Łukasz", "Mira", "Zoë"]


def test_numbers_in_names_sort_by_their_value(open_page):
    page = open_page("large")
    heading(page, "Student").click()
    shown = page.evaluate("[...document.querySelectorAll('#grid tbody a')].map(link => link.textContent)")
    numbers = [int(name.split()[-1]) for name in shown if name.startswith("Ada Berg")]
    assert len(numbers) > 10
    assert numbers == sorted(numbers)


def test_the_sorted_column_says_so(open_page):
    page = open_page()
    heading(page, "Percent").click()
    assert page.locator("#grid th[aria-sort]").all_inner_texts() == ["Percent"]
    assert page.locator("#grid th[aria-sort]").get_attribute("aria-sort") == "ascending"
    heading(page, "a2").click()
    assert page.locator("#grid th[aria-sort]").all_inner_texts() == ["a2"]


def test_the_keyboard_sorts(open_page, classes):
    page = open_page()
    heading(page, "Percent").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert page.locator("#grid th[aria-sort]").get_attribute("aria-sort") == "descending"
    best = max((one for one in classes["small"]), key=lambda one: percent(one.points, one.out_of))
    first = next(one for one in classes["small"] if one.student == students(page)[0])
    assert percent(first.points, first.out_of) == percent(best.points, best.out_of)


def test_the_other_tables_sort_too(open_page):
    page = open_page()
    page.locator("#questions thead button", has_text="Mean share").click()
    shown = page.locator("#questions .scroller tbody tr td:nth-child(2)").all_inner_texts()
    assert [float(text) for text in shown] == sorted(float(text) for text in shown)
    page.locator("#questions thead button", has_text="Discrimination").click()
    shown = page.locator("#questions .scroller tbody tr td:nth-child(6)").all_inner_texts()
    values = [float(text.split()[0].replace("−", "-")) for text in shown]
    assert values == sorted(values)


# Filtering


def test_a_name_or_an_id_is_found_as_it_is_typed(open_page, classes):
    page = open_page()
    page.get_by_label("Name or id").fill("zOË")
    assert set(students(page)) == {one.student for one in classes["small"] if "Zoë" in one.name}
    assert page.inner_text("#shown") == f"{len(students(page))} of {SMALL}"
    page.get_by_label("Name or id").fill("s00012")
    assert students(page) == ["s00012"]
    page.get_by_label("Name or id").fill("nobody at all")
    assert (students(page), page.inner_text("#shown")) == ([], f"0 of {SMALL}")


@pytest.mark.parametrize(
    ("kind", "belongs"),
    [
        ("late ones", lambda one: one.late),
        ("several attempts", lambda one: one.attempts > 1),
        ("incomplete ones", lambda one: one.standing is Standing.INCOMPLETE),
        ("unreadable ones", lambda one: one.standing is Standing.UNREADABLE),
        ("not graded yet", lambda one: one.standing is Standing.WAITING),
    ],
)
def test_submissions_of_one_kind_are_shown_alone(open_page, classes, kind, belongs):
    page = open_page()
    page.get_by_label("Show", exact=True).select_option(label=kind)
    wanted = {one.student for one in classes["small"] if belongs(one)}
    assert wanted
    assert set(students(page)) == wanted


def test_who_lost_points_in_a_question_is_shown_alone(open_page, classes):
    page = open_page()
    page.get_by_label("Lost points in").select_option(index=2)
    readable = [one for one in classes["small"] if one.standing in (Standing.GRADED, Standing.INCOMPLETE)]
    assert set(students(page)) == {one.student for one in readable if one.questions[1].points < one.questions[1].out_of}


def test_filters_and_sorting_go_together_and_everything_comes_back(open_page, classes):
    page = open_page()
    page.get_by_label("Name or id").fill("ada")
    heading(page, "Points").click()
    found = students(page)
    points = {one.student: one.points for one in classes["small"]}
    assert 1 < len(found) < SMALL
    waiting = {one.student for one in classes["small"] if one.standing is Standing.WAITING}
    known = [points[student] for student in found if student not in waiting]
    assert known == sorted(known)
    page.get_by_role("button", name="Show everything").click()
    assert (len(students(page)), page.inner_text("#shown")) == (SMALL, f"{SMALL} in all")


def test_a_cluster_shows_its_members_in_the_table(open_page):
    page = open_page("clusters")
    page.get_by_role("button", name="Show in the table").first.click()
    assert students(page) == [f"s{place:02}" for place in range(30) if place % 3]
    assert page.inner_text("#shown") == "20 of 31: this answer to a2"
    assert page.evaluate("document.activeElement.matches('.scroller')")
    page.get_by_role("button", name="Show in the table").nth(1).click()
    assert students(page) == [f"s{place:02}" for place in range(0, 30, 3)]
    page.get_by_label("Name or id").fill("s03")
    assert students(page) == ["s03"]


def test_the_number_that_is_shown_is_announced(open_page):
    assert open_page().locator("#shown").get_attribute("role") == "status"


# Many rows


def test_of_many_rows_some_are_shown_at_a_time_and_all_can_be_reached(open_page):
    page = open_page("large")
    heading(page, "Student").click()
    pages = [students(page)]
    while page.get_by_role("button", name="Later rows").is_enabled():
        page.get_by_role("button", name="Later rows").click()
        pages.append(students(page))
    assert [len(part) for part in pages] == [AT_ONCE, AT_ONCE, LARGE - 2 * AT_ONCE]
    assert len({student for part in pages for student in part}) == LARGE
    assert page.inner_text("#range") == "501–700 of 700"
    page.get_by_role("button", name="Earlier rows").click()
    assert students(page) == pages[1]


def test_a_filter_looks_at_all_rows_and_begins_with_the_first(open_page, classes):
    page = open_page("large")
    page.get_by_role("button", name="Later rows").click()
    page.get_by_label("Show", exact=True).select_option(label="late ones")
    assert set(students(page)) == {one.student for one in classes["large"] if one.late}
    assert page.locator("#pager").is_hidden()


def test_few_rows_need_no_pages(open_page):
    assert open_page().locator("#pager").is_hidden()


@pytest.mark.slow
def test_two_thousand_rows_are_sorted_and_filtered_at_once(browser, tmp_path):
    chance = random.Random(3)
    results = [graded(f"s{place:05}", [chance.choice((0, 1, 4)) for _ in range(12)]) for place in range(2000)]
    path = write_class_page(tmp_path, "Large", results, ran=RAN)
    assert path.stat().st_size < 2_500_000
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(path.as_uri())
        took_ms = page.evaluate(
            """() => {
              const start = performance.now();
              document.querySelector("#grid th:nth-child(2) button").click();
              const find = document.querySelector("#find");
              find.value = "s000";
              find.dispatchEvent(new Event("input"));
              document.body.offsetHeight;
              return performance.now() - start;
            }"""
        )
        assert page.inner_text("#shown") == "100 of 2,000"
        assert took_ms < 3000  # a tenth of that on an idle machine


# Without a script, on paper, on a telephone


def test_without_a_script_it_is_a_plain_table_with_all_rows(open_page):
    page = open_page("large", java_script_enabled=False)
    assert page.locator("#grid tbody tr").count() == LARGE
    assert page.locator("#grid tbody tr").nth(LARGE - 1).is_visible()
    assert page.locator("#controls").is_hidden()
    assert page.locator("#pager").is_hidden()
    assert page.locator("button:visible").count() == 0
    assert page.locator("#grid th", has_text="Points").is_visible()


def test_print_shows_all_rows_and_no_controls(open_page):
    page = open_page("large", color_scheme="dark")
    assert len(students(page)) == AT_ONCE
    page.emulate_media(media="print")
    wait_for_rows(page, LARGE)
    for hidden in ("#controls", "#pager", ".pick", ".contents"):
        assert page.locator(hidden).first.is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("[...document.querySelectorAll('.scroller')].every(box => getComputedStyle(box).overflow === 'visible')")
    page.emulate_media(media="screen")
    wait_for_rows(page, AT_ONCE)


def test_print_keeps_what_is_filtered(open_page, classes):
    page = open_page("large")
    page.get_by_label("Show", exact=True).select_option(label="several attempts")
    wanted = {one.student for one in classes["large"] if one.attempts > 1}
    page.emulate_media(media="print")
    wait_for_rows(page, len(wanted))
    assert set(students(page)) == wanted
    assert page.locator("#shown").is_visible()


def test_a_printed_file_holds_every_row(open_page, tmp_path):
    page = open_page("large")
    counts = []
    page.expose_function("told", lambda count: counts.append(count))
    page.evaluate("addEventListener('beforeprint', () => told(document.querySelectorAll('#grid tbody tr').length))")
    page.pdf(path=tmp_path / "class.pdf")
    assert counts == [LARGE]
    assert len(students(page)) == AT_ONCE


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sort", ["small", "clusters", "nobody"])
def test_the_page_never_scrolls_sideways_and_the_table_does(open_page, sort, width):
    page = open_page(sort, width=width)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.evaluate(
        "[...document.querySelectorAll('table')].filter(table => table.offsetWidth > table.parentElement.clientWidth + 1)"
        ".map(table => getComputedStyle(table.parentElement).overflowX)"
    )
    assert set(boxes) <= {"auto"}


def test_heading_and_names_stay_in_sight(open_page):
    page = open_page("large", width=500)
    page.evaluate("document.querySelector('#submissions .scroller').scrollTo(150, 2000)")
    top, left = page.evaluate(
        """() => {
          const box = document.querySelector("#submissions .scroller").getBoundingClientRect();
          const head = document.querySelector("#grid thead th:nth-child(2)").getBoundingClientRect();
          const name = document.querySelector("#grid tbody tr:nth-child(60) th").getBoundingClientRect();
          return [head.top - box.top, name.left - box.left];
        }"""
    )
    assert abs(top) < 3
    assert abs(left) < 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sort", ["small", "clusters"])
def test_all_text_has_enough_contrast(open_page, sort, scheme):
    page = open_page(sort, color_scheme=scheme)
    unfold(page)
    found = page.evaluate(LOW_CONTRAST)
    assert found["low"] == []
    assert found["judged"] > 200


def test_bars_and_dots_can_be_told_from_what_is_behind_them(open_page):
    """WCAG 2.1, 1.4.11: graphical objects need 3 to 1."""
    for scheme in ("light", "dark"):
        shades = open_page(color_scheme=scheme).evaluate(
            "['.plot .fill-bar', '.plot .stroke-ink', '#scores .card'].map(wanted => {"
            "const style = getComputedStyle(document.querySelector(wanted));"
            "return wanted.includes('fill') ? style.fill : wanted.includes('stroke') ? style.stroke : style.backgroundColor})"
        )
        bar, ink, card = map(_luminance, shades)
        assert min(_contrast(bar, card), _contrast(ink, card)) >= 3


def _luminance(shade: str) -> float:
    channels = [int(part) / 255 for part in shade.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("sort", ["small", "nobody"])
def test_the_keyboard_reaches_everything_in_its_order_and_one_sees_where_it_is(open_page, sort):
    page = open_page(sort)
    page.evaluate(
        "wanted => [...document.querySelectorAll(wanted)].filter(element => element.checkVisibility())"
        ".forEach((element, i) => element.dataset.place = i)",
        CAN_HAVE_FOCUS,
    )
    count = page.locator("[data-place]").count()
    reached, unseen = [], []
    for _ in range(count):
        page.keyboard.press("Tab")
        place, outline, name = page.evaluate(
            "(() => { const it = document.activeElement; const style = getComputedStyle(it);"
            "return [Number(it.dataset.place ?? -1), style.outlineStyle, it.outerHTML.slice(0, 60)] })()"
        )
        reached.append(place)
        if outline == "none":
            unseen.append(name)
    assert reached == list(range(count))
    assert unseen == []


def test_every_field_and_button_has_a_name(open_page):
    page = open_page("clusters")
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input, select, button')]"
        ".filter(element => !element.labels?.length && !(element.matches('button') && element.textContent.trim()))"
        ".map(element => element.outerHTML)"
    )
    assert unnamed == []


def test_the_links_lead_to_the_reports_beside_the_page(open_page, folder, classes):
    page = open_page()
    targets = page.evaluate("[...document.querySelectorAll('#grid tbody a')].map(link => link.href)")
    with_report = [one for one in counted(classes["small"]) if one.has_report]
    assert targets == [(folder / "small" / "reports" / one.id / "index.html").as_uri() for one in with_report]
