"""The class page says what an instructor needs in a minute, and is a plain page where no script runs."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from grader.class_results import class_result
from grader.errors import GraderError
from grader.item_analysis import analyse
from grader.item_analysis.distributing import percent_distribution, time_distribution
from grader.report import plots
from grader.report.class_page import LINKED, Ran, render_class_page, write_class_page
from tests.a_class import CEIL, answering, check, course, entry, faulty, graded, question, result, unreadable
from tests.report.test_page import Page

RAN = Ran(
    when="14 March 2026, 21:07",
    wall_s=4380.0,
    grader="0.1.0",
    seed=7,
    isolation=("level A: namespaces and seccomp",),
    notes=("the last attempt of each student counts",),
)
TITLE = "Convolutional Networks"


class ClassPage(Page):
    """The same for a page with fields and a script."""

    def __init__(self, source: str) -> None:
        self.script = ""
        super().__init__(source)

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            self.handle_startendtag(tag, attrs)
        else:
            super().handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self.open[-1:] == ["script"]:
            self.script += data
        else:
            super().handle_data(data)


def page_of(results, **options) -> ClassPage:
    return ClassPage(render_class_page(TITLE, results, ran=RAN, **options))


CLASSES = {
    "course": lambda: course(40),
    "nobody": list,
    "one": lambda: [graded("ada", [4, 2, 0])],
    "two equal": lambda: [graded("ada", [4]), graded("bob", [4])],
    "nobody graded": lambda: [class_result(entry("ada"), None)],
    "nothing opened": lambda: [class_result(entry("ada"), unreadable("it is empty"))],
    "only faults": lambda: [class_result(entry(name), result([faulty("a1")])) for name in "ab"],
    "no time at all": lambda: [graded("ada", [4], timing={"wall_s": 0.0, "load_s": 0.0, "checks_s": 0.0})],
    "nothing to earn": lambda: [class_result(entry("ada"), result([]))],
}


@pytest.fixture(scope="module")
def pages():
    return {sort: page_of(make()) for sort, make in CLASSES.items()}


every_class = pytest.mark.parametrize("sort", CLASSES)


@every_class
def test_every_element_is_closed(pages, sort):
    assert pages[sort].open == []


@every_class
def test_nothing_is_loaded_and_nothing_but_the_pages_own_script_runs(pages, sort):
    page = pages[sort]
    tags = [tag for tag, _ in page.elements]
    assert not {*tags} & {"img", "link", "iframe", "object", "embed", "form", "base", "audio", "video", "image", "foreignObject"}
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert all(re.fullmatch(r"#[\w-]+|reports/[^/]+/index\.html", target) for target in page.all("href"))
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action", "xlink:href")]
    assert "url(" not in page.style
    assert "@import" not in page.style


@every_class
def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(pages, sort):
    page = pages[sort]
    (policy,) = (attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes)
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (page.style, page.script))
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    )


def test_the_script_makes_no_markup_of_text_and_asks_for_nothing(pages):
    script = pages["nobody"].script
    assert "innerHTML" not in script
    for word in (
        "outerHTML",
        "insertAdjacent",
        "eval",
        "Function(",
        "fetch",
        "XMLHttp",
        "import(",
        "localStorage",
        "cookie",
        "location",
    ):
        assert word not in script


@every_class
def test_ids_are_unique_and_every_link_within_the_page_has_its_place(pages, sort):
    page = pages[sort]
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in page.all("href") if target.startswith("#")} <= set(ids)
    assert {*page.all("aria-labelledby"), *page.all("for")} <= set(ids)


@every_class
def test_headings_start_at_one_and_skip_no_level(pages, sort):
    levels = pages[sort].headings
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(below <= above + 1 for above, below in pairwise(levels))


@every_class
def test_the_page_has_a_language_landmarks_and_a_skip_link_first(pages, sort):
    page = pages[sort]
    assert ("html", {"lang": "en"}) in page.elements
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in page.elements}
    assert next(attributes for tag, attributes in page.elements if tag == "a")["class"] == "skip"


def test_equal_results_give_equal_text_in_any_order():
    results = course(25)
    assert render_class_page(TITLE, results, ran=RAN) == render_class_page(TITLE, results[::-1], ran=RAN)


def test_importing_the_page_does_not_import_matplotlib_and_no_page_imports_pyplot():
    code = (
        "import sys, grader.report.class_page as page\n"
        "assert 'matplotlib' not in sys.modules\n"
        "page.render_class_page('t', [], ran=page.Ran(when='', wall_s=0, grader=''))\n"
        "assert 'matplotlib.pyplot' not in sys.modules and 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# What it says


def test_the_header_says_how_the_class_did_and_what_became_of_it(pages):
    text = pages["course"].text
    assert "The class · 40 submissions · 14 March 2026, 21:07" in text
    assert "36 graded" in text
    assert "2 incomplete" in text
    assert "1 unreadable" in text
    assert "1 not graded yet" in text
    assert re.search(r"[\d.]+ % is the median; half of the class has [\d.]+ to [\d.]+ % of 12 points", text)


def test_what_the_distribution_counts_is_said(pages):
    assert (
        "37 submissions, with 1 unreadable one as 0; left out until they are graded: 2 incomplete, 1 not graded yet."
        in pages["course"].text
    )


def test_the_plots_numbers_stand_in_tables_too(pages):
    analysis = analyse(course(40))
    for bin in (*analysis.scores.bins, *analysis.times.bins):
        assert f"{bin.low:g}–{bin.high:g}</th><td>{bin.count}</td>" in pages["course"].source


def test_a_cluster_is_told_in_a_sentence_with_links_to_its_members():
    page = page_of([answering(f"s{place:02}", CEIL) for place in range(37)])
    assert (
        "37 submissions answered (3, 3, 1) where (2, 2, 1) is right, for "
        "conv_output_shape(height=5, width=5, kernel=2, stride=2)."
    ) in page.text
    assert page.all("href").count("reports/s36/index.html") >= 2  # in the table and in the cluster
    assert [rows.split() for rows in page.all("data-rows")] == [[str(place) for place in range(37)]]
    assert "One comment answers 37 submissions in a2" in page.text


def test_a_known_misconception_is_named():
    results = [answering(name, CEIL) for name in "abc"]
    page = page_of(results, misconceptions={("check_0", CEIL["call"], CEIL["got"]): "uses ceil"})
    assert page.text.count("uses ceil") == 2  # in the cluster and in what needs the instructor


def test_of_a_very_large_cluster_some_links_stand_in_it_and_the_table_has_all():
    page = page_of([answering(f"s{place:03}", CEIL) for place in range(LINKED + 7)])
    assert "and 7 more: the table shows them all" in page.text
    assert len(page.all("data-rows")[0].split()) == LINKED + 7


def test_a_long_answer_is_laid_out_as_in_a_report():
    long = {"call": f"f({'1, ' * 80}1)", "expected": "(2,)", "got": "(3,)"}
    text = page_of([answering(name, long) for name in "ab"]).text
    assert "The call f(1, 1," in text
    assert "What came (3,) What should have come (2,)" in text


def test_a_broken_rule_shows_the_line():
    line = {"call": "", "expected": "only tensor arithmetic", "got": "y = nn.Conv2d(1, 1, 3)(x)"}
    text = page_of([answering(name, line, message="line 3 uses torch.nn") for name in "ab"]).text
    assert "Their line y = nn.Conv2d(1, 1, 3)(x) The rule only tensor arithmetic" in text


def test_answers_of_one_submission_are_counted_and_not_shown():
    page = page_of([answering("a", CEIL), answering("b", CEIL), answering("c", CEIL | {"got": "0"})])
    assert "1 wrong answer was given by one submission only, and is not here." in page.text


def test_a_question_is_told_with_its_share_and_its_discrimination():
    results = [graded(f"s{place}", [4 if place < 15 else 0, 4 if place < 12 else 1, place % 5]) for place in range(20)]
    page = page_of(results)
    one = analyse(results).questions[0]
    row = page.text.split("a1 Parameters of a convolution layer 75")[1][:60]
    assert row.split()[:3] == ["15", "5", "20"]
    assert f"{one.discrimination.value:.2f}" in row


def test_an_undefined_discrimination_says_why(pages):
    assert "undefined: fewer than 10 submissions" in pages["one"].text
    assert "undefined" in pages["one"].source.split('<svg class="plot"')[2]


def test_suspect_checks_are_told_with_the_rule_that_makes_them_suspect():
    page = page_of([graded(f"s{place}", [0, 4, place % 5]) for place in range(20)])
    text = page.text
    assert "1 check to look at" in text
    assert "always failing What check_a1 asks for. check_a1 It passed in none of 20 submissions" in text
    assert "1 check never failed" in text
    assert "1 check may be wrong check_a1 of a1 is always failing" in text


def test_faults_are_the_graders_problem_and_say_how_they_are_tried_again(pages):
    text = pages["course"].text
    assert "Faults of the grader Nobody loses points by them. Run the same command again: what failed is tried again" in text
    assert "The check itself failed (ValueError)" in text


def test_an_unreadable_submission_says_why(pages):
    assert "homework.zip unpacks to 812 MB and the limit is 256 MB; leave out data and hand it in again." in pages["course"].text


def test_a_class_in_which_nothing_stands_out_needs_nothing():
    assert "Nothing: everything is graded, and nothing stands out." in page_of([graded("ada", [4, 4])]).text


def test_the_footer_says_how_it_was_graded(pages):
    footer = pages["course"].text.split("How this was graded")[1]
    for part in (
        "14 March 2026, 21:07",
        "1 h 13 min",
        "0.1.0",
        "Seed 7",
        "level A: namespaces",
        "The last attempt of each student counts.",
    ):
        assert part in footer


@pytest.mark.parametrize(("wall_s", "said"), [(0.5, "500 ms"), (65, "65 s"), (600, "10 min"), (7290, "2 h 2 min")])
def test_how_long_it_took_is_said_as_people_say_it(wall_s, said):
    assert f"It took {said}" in ClassPage(render_class_page(TITLE, [], ran=replace(RAN, wall_s=wall_s))).text


# The table


def rows_of(page):
    return re.findall(r"<tr[^>]*><th scope=\"row\"><[ab].*?</tr>", page.source)


def cells_of(row):
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]


def test_a_row_says_points_percent_each_question_flags_and_time():
    one = class_result(entry("ada", name="Ada L.", late=True), result([question("a1", 4), question("a2", 1.5)]))
    (row,) = rows_of(page_of([one]))
    assert cells_of(row) == ["Ada L. ada", "5.5", "68.7", "✓ 4", "✗ 1.5", "late", "1.8"]


def test_a_score_that_is_not_known_never_looks_like_one():
    waiting = class_result(entry("b"), None)
    incomplete = class_result(entry("a"), result([question("a1", 4), faulty("a2")]))
    first, second = map(cells_of, rows_of(page_of([waiting, incomplete])))
    assert first == ["a", "≥ 4", "≥ 50", "✓ 4", "?", "incomplete", "1.8"]
    assert second == ["b", "–", "–", "–", "–", "not graded yet", "–"]


def test_an_unreadable_one_is_0_and_says_so():
    (row,) = rows_of(page_of([class_result(entry("a"), unreadable("it is empty"))]))
    assert cells_of(row)[1:3] == ["0", "0"]
    assert cells_of(row)[-2] == "unreadable"


def test_every_sign_in_the_table_is_explained(pages):
    legend = pages["course"].source.split('class="legend small">')[1].split("</p>")[0]
    signs = {cell.split()[0] for row in rows_of(pages["course"]) for cell in cells_of(row)[3:6]} - {"–"}
    assert signs
    assert all(f"<b>{sign}</b>" in legend for sign in signs)


def test_several_graded_attempts_are_one_row_with_links_to_the_others():
    attempts = [
        class_result(entry("ada", id=f"ada-{n}", attempt=n, attempts=3), result([question("a1", points)]))
        for n, points in ((1, 1), (2, 4), (3, 2))
    ]
    page = page_of(attempts)
    (row,) = rows_of(page)
    assert "reports/ada-2/index.html" in row
    assert cells_of(row)[-2] == "attempt 2 of 3, the best other attempt 1 other attempt 2"
    assert {"reports/ada-1/index.html", "reports/ada-3/index.html"} <= set(page.all("href"))
    assert "Of a student with several graded attempts, the best counts." in page.text


@pytest.mark.parametrize(
    ("id_", "address"),
    [
        ("ada lovelace", "ada%20lovelace"),
        ("Łukasz/../x", "%C5%81ukasz%2F..%2Fx"),
        ("a?b#c%d", "a%3Fb%23c%25d"),
        ("\udcc0", "%C0"),
        ("\ud800", "%3F"),
    ],
)
def test_a_link_leads_to_the_report_whatever_the_id(id_, address):
    page = page_of([class_result(entry("ada", id=id_), result([question("a1", 4)]))])
    assert f"reports/{address}/index.html" in page.all("href")


def test_who_has_no_report_has_no_link(pages):
    assert not [target for target in pages["nobody graded"].all("href") if target.startswith("reports/")]


def test_a_row_is_small():
    results = course(300)
    size = len(render_class_page(TITLE, results, ran=RAN)) - len(render_class_page(TITLE, results[:200], ran=RAN))
    assert size / 100 < 700


# The figures


def drawn():
    analysis = analyse(course(40))
    return [plots.score_plot(analysis.scores), plots.question_plot(analysis.questions), plots.time_plot(analysis.times)]


@pytest.mark.parametrize("place", range(3), ids=["scores", "questions", "times"])
def test_a_figure_has_its_colours_from_the_page_and_a_name(place):
    root = ElementTree.fromstring(drawn()[place])
    assert (root.get("role"), root[0].tag) == ("img", "title")
    assert len(root[0].text) > 20
    for element in root.iter():
        assert element.tag in ("svg", "title", "g", "path", "text")
        assert not {"style", "id", "href"} & set(element.attrib)
        if element.tag in ("path", "text"):
            assert element.get("class") or element.get("fill") == "none", ElementTree.tostring(element)
        if element.tag == "text":
            assert float(element.get("font-size")) > 10


def test_equal_numbers_give_equal_figures():
    assert drawn() == drawn()


def test_a_figure_does_not_depend_on_the_settings_of_who_draws_it():
    import matplotlib

    expected = drawn()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path", "text.usetex": False}):
        assert drawn() == expected
        assert matplotlib.rcParams["font.size"] == 30


def test_the_counts_stand_on_the_bars_or_on_an_axis_where_there_are_many():
    few = plots.score_plot(percent_distribution([5.0] * 3 + [95.0] * 17))
    assert {">3<", ">17<"} <= set(re.findall(r">\d+<", few))
    many = plots.score_plot(percent_distribution([5.0] * 123 + [95.0] * 17))
    assert ">123<" not in many
    assert ">100<" in many


def test_times_are_drawn_from_the_shortest_to_the_longest():
    texts = re.findall(r">([^<>\n]+)</text>", plots.time_plot(time_distribution([0.03, 0.7, 400.0])))
    edges = texts[: texts.index("seconds")]
    assert (edges[0], edges[-1], len(edges)) == ("0.02", "500", 14)


def test_a_question_whose_id_could_be_a_formula_is_drawn_as_it_is():
    results = [class_result(entry("ada"), result([question("$a_1$", 4), question("<b>&", 2)]))]
    plot = plots.question_plot(analyse(results).questions)
    assert ">$a_1$</text>" in plot
    assert ">&lt;b&gt;&amp;</text>" in plot


# Writing


def test_the_page_is_written_whole_and_in_the_place_of_the_one_before(tmp_path):
    write_class_page(tmp_path / "graded", TITLE, [], ran=RAN)
    path = write_class_page(tmp_path / "graded", TITLE, course(5), ran=RAN)
    assert path == tmp_path / "graded" / "index.html"
    assert path.read_bytes() == render_class_page(TITLE, course(5), ran=RAN).encode()
    assert [file.name for file in path.parent.iterdir()] == ["index.html"]


def test_a_page_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "index.html").mkdir()
    with pytest.raises(GraderError, match="cannot be written to"):
        write_class_page(tmp_path, TITLE, [], ran=RAN)


def test_a_check_of_the_table_has_its_failure_rate():
    asked = [question("a1", 0, [check("check_a1", end)], verdict=end) for end in ("fail", "pass", "pass", "timeout")]
    page = page_of([class_result(entry(f"s{place}"), result([one])) for place, one in enumerate(asked)])
    row = page.text.split("How often each of the 1 check fails")[1]
    assert "What check_a1 asks for. check_a1, public 50 2 4 1 wrong answer 1 no answer in time" in row
