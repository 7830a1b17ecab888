"""The page says what a student needs, in plain words, and nothing that a submission wrote is taken for markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from grader.model import Verdict
from grader.report.page import render_page
from grader.report.result_json import result_of, to_text
from grader.report.wording import sign_of

SORTS = [
    "right",
    "partly",
    "raised",
    "fault",
    "unreadable",
    "self_check",
    "self_check_right",
    "written",
    "figures",
    "quick",
    "measured",
    "hostile",
    "empty",
]
WRITTEN_LINKS = {"https://arxiv.org/abs/1311.2901"}  # of a student, in an answer
VOID = {"hr", "meta", "use", "rect", "circle", "path", "link", "br", "img"}


class Page(HTMLParser):
    """The elements, the running text and the style sheet of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.style = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if self.open[-1:] == ["style"]:
            self.style += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]

    @property
    def headings(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.elements if re.fullmatch("h[1-6]", tag)]


@pytest.fixture(scope="module")
def pages(reports):
    return {sort: Page(render_page(result_of(reports[sort]))) for sort in SORTS}


every_sort = pytest.mark.parametrize("sort", SORTS)


@every_sort
def test_every_element_is_closed(pages, sort):
    assert pages[sort].open == []


@every_sort
def test_nothing_is_loaded_and_nothing_runs(pages, sort):
    page = pages[sort]
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form", "base", "audio", "video", "button"}
    assert all(target.startswith("#") for target in page.all("href") if target not in WRITTEN_LINKS)
    assert all(re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", source) for source in page.all("src"))
    assert {tag for tag, attributes in page.elements if "src" in attributes} <= {"img"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "srcset", "action", "ping")]
    assert "url(" not in page.style
    assert "@import" not in page.style


@every_sort
def test_the_policy_allows_the_style_sheet_of_the_page_and_nothing_else(pages, sort):
    page = pages[sort]
    (policy,) = (attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes)
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@every_sort
def test_ids_are_unique_and_every_link_has_its_place(pages, sort):
    ids = pages[sort].all("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in pages[sort].all("href") if target not in WRITTEN_LINKS} <= set(ids)
    assert set(pages[sort].all("aria-labelledby")) <= set(ids)


@every_sort
def test_headings_start_at_one_and_skip_no_level(pages, sort):
    levels = pages[sort].headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


@every_sort
def test_the_page_has_a_language_landmarks_and_a_skip_link_first(pages, sort):
    page = pages[sort]
    assert ("html", {"lang": "en"}) in page.elements
    assert {"header", "main", "footer"} <= {tag for tag, _ in page.elements}
    first_link = next(attributes for tag, attributes in page.elements if tag == "a")
    assert first_link["class"] == "skip"


@every_sort
def test_rendering_twice_gives_equal_text(reports, sort):
    result = result_of(reports[sort])
    assert render_page(result) == render_page(json.loads(to_text(result)))


@every_sort
def test_no_invisible_character_is_left(pages, sort):
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", pages[sort].source)


def test_what_a_submission_wrote_is_text_everywhere(pages):
    page = pages["hostile"]
    assert page.text.count("<script>alert(1)</script>") > 20
    assert "{{ 7 * 7 }}" in page.text
    assert "‹U+202E›esrever‹U+202C›" in page.text
    assert "‹U+001B›]0;title‹U+0007›" in page.text
    assert "&lt;b&gt; <!-- ]]>" in page.text


def test_the_header_says_the_score_and_what_is_not_in_it(pages):
    text = pages["partly"].text
    assert "29.67 of 40 points" in text
    assert "6 points were not run here and are left out of the score." in text
    assert "Written answers are read by a person and can add 6 points; 2 of 2 were found." in text
    assert "incomplete" not in text


def test_points_by_hand_are_shown_once_they_are_given(reports):
    result = result_of(reports["partly"])
    result["score"]["by_hand"]["points"] = 4.5
    assert "Written answers: 4.5 of 6 points, given by a person." in Page(render_page(result)).text


def test_three_steps_are_proposed_and_the_rest_is_counted(pages):
    text = pages["partly"].text
    steps = text[text.index("What to do next") : text.index("All questions")]
    assert steps.count("to win") == 3
    assert "3 more questions lost points, too; they are in the list below." in steps


def test_full_marks_survive_shares_of_a_point_that_do_not_add_up(reports):
    result = result_of(reports["right"])
    result["score"] |= {"points": 39.9999, "out_of": 40.0}
    page = Page(render_page(result))
    assert "40 of 40 points" in page.text
    assert "100 percent of the points" in page.all("aria-label")
    assert "Everything that ran here is right." in page.text


def test_almost_full_marks_are_not_rounded_up_to_all(reports):
    result = result_of(reports["partly"])
    result["score"] |= {"points": 39.98, "out_of": 40.0}
    assert "99 percent of the points" in Page(render_page(result)).all("aria-label")


def test_full_marks_are_said_plainly(pages):
    text = pages["right"].text
    assert "Everything that ran here is right. Well done! There is nothing left to do." in text
    assert "How your file ran It ran from top to bottom without an exception" in text


def test_an_unreadable_submission_is_told_the_reason_and_nothing_else(pages):
    text = pages["unreadable"].text
    assert "Not graded your submission could not be opened" in text
    assert "leave out data and checkpoints and hand it in again." in text
    assert "All questions" not in text


def test_a_fault_is_the_graders_problem(pages):
    text = pages["fault"].text
    assert "Incomplete. Part of the grading did not take place." in text
    assert "That is the grader’s problem, not yours: 6.33 points are still open." in text
    assert "You need to do nothing" in text
    assert "The grader’s problem, not yours: A check of the course asked SciPy" in text
    assert "2 not graded (our problem)" in text


def test_a_self_check_says_how_many_hidden_checks_are_to_come(pages):
    text = pages["self_check"].text
    assert "Self-check · ada" in text
    assert "21 hidden checks, worth 38.5 points, will run when your submission is graded." in text
    assert "21 hidden checks did not run here." in text
    assert "Hand it in: the hidden checks try the same rules on other inputs." in pages["self_check_right"].text


def test_a_failed_check_shows_its_rule_counterexample_and_snippet(pages):
    text = pages["partly"].text
    assert "wrong answer public check · 0 of 1.33 points The output shape equals that of a real torch.nn.Conv2d" in text
    assert (
        "The call conv_output_shape(height=5, width=5, kernel=2, stride=2) What came (3, 3, 1) "
        "What should have come (2, 2, 1) Try it yourself – paste this below your code; one click selects it all "
        "print(conv_output_shape(height=5, width=5, kernel=2, stride=2))"
    ) in text


def test_a_tensor_stands_row_by_row(pages):
    rows = "torch.tensor([[5.125, 4.125],\n              [-6.375, 5.75]], dtype=torch.float64)"
    assert rows in "".join(pages["partly"].words)


def test_a_snippet_that_imports_the_submission_is_to_be_saved_beside_it(reports):
    report = reports["self_check"]
    result = result_of(report)
    result["questions"][1]["checks"][-1]["reproduce"] = "from conv_nets import conv_output_shape\n"
    assert "Try it yourself – save this beside your file and run it; one click selects it all" in (Page(render_page(result)).text)


def test_a_message_is_not_told_twice(pages):
    section = pages["partly"].text.split("b8 Transposed convolution")[-1].split("Where your code was")[0]
    assert section.count("RuntimeError: The size of tensor a") == 1


def test_an_open_question_says_how_many_points_wait(pages):
    assert "2.67 of 4, 1.33 open" in pages["fault"].text


def test_a_question_whose_checks_did_not_run_says_so(reports):
    report = reports["right"]
    question = replace(report.score.questions[0], checks=(), verdict=Verdict.NOT_RUN, points=0.0, out_of=0.0, not_run=2.0)
    page = Page(render_page(result_of(replace(report, score=replace(report.score, questions=(question,))))))
    assert "2 points left out" in page.text
    assert "None of its checks ran here." in page.text


def test_written_answers_are_read_by_a_person(pages):
    text = pages["written"].text
    assert "w1 Max against average pooling to be read 3 points by hand" in text
    assert "w2 What the learned filters show no answer found 3 points by hand" in text
    assert "W. Written answers" in text
    assert "12 right 1 to be read 1 no answer found" in text


def test_a_written_answer_is_shown_with_the_place_where_it_was_found_and_its_rubric(pages):
    text = pages["written"].text
    section = text[text.rindex("w1 Max against average pooling") : text.rindex("w2 What the learned filters show")]
    assert "What I did I trained the network five times and looked at conv1.weight (see the paper)." in section
    assert "Found in the cell tagged answer-w1. A person reads it and gives the points." in section
    assert "Rubric for w1 1 point: names what the filters look like" in section


def test_an_answer_that_was_not_found_says_where_it_was_looked_for(pages):
    text = pages["written"].text
    section = text[text.rindex("w2 What the learned filters show") :]
    assert "No answer was found. It was looked for in a cell tagged answer-w2, below a heading that begins with w2" in section
    assert "Rubric for w2" in section


def test_a_self_check_does_not_tell_how_answers_are_marked(pages, reports):
    assert "Rubric" not in pages["self_check"].text
    assert {answer["rubric"] for answer in result_of(reports["self_check"])["written"]} == {""}


def test_written_answers_among_other_questions_have_a_heading_of_their_own(reports):
    result = result_of(reports["written"])
    for answer in result["written"]:
        answer["part"] = result["questions"][0]["part"]
    assert "Written answers w1 Max against average pooling" in Page(render_page(result)).text


def test_a_figure_stands_once_beside_what_is_missing(pages):
    pictures = [attributes for tag, attributes in pages["figures"].elements if tag == "img"]
    assert [picture["alt"] for picture in pictures] == [f"The figure that your code drew for {id_}" for id_ in ("f1", "f2")]
    assert [(picture["width"], picture["height"]) for picture in pictures] == [("500", "340")] * 2
    text = pages["figures"].text
    assert "add axes.set_ylabel(...). What your code drew for f1" in text


def test_a_picture_that_is_no_png_is_not_shown(reports):
    result = result_of(reports["figures"])
    for question in result["questions"]:
        for check in question["checks"]:
            check["picture"] = "PHN2Zy8+"
    assert "img" not in {tag for tag, _ in Page(render_page(result)).elements}


def test_the_quick_profile_says_what_it_left_out_and_how_to_run_it(pages):
    text = pages["quick"].text
    assert (
        "The quick profile left out 2 checks that take long. To run them, too: "
        "python grade.py check conv_nets PATH --profile full"
    ) in text
    assert "It trains for long, so the quick profile leaves it out; add --profile full to run it." in text
    assert "Run the long checks once, too, and then hand it in" in text
    assert "quick profile" not in pages["partly"].text


def test_a_result_of_an_older_grader_is_still_rendered(reports):
    result = result_of(reports["self_check"])
    del result["written"], result["environment"]["checks"]
    result["environment"]["profile"] = "check"
    for question in result["questions"]:
        for check in question["checks"]:
            del check["picture"]
    text = Page(render_page(result)).text
    assert "Self-check · ada" in text
    assert "Written answers are read by a person and can add 6 points." in text


@pytest.mark.parametrize(("complete", "said"), [(True, "No check could run here."), (False, "will be graded again.")])
def test_a_page_on_which_nothing_was_graded_says_so(reports, complete, said):
    result = result_of(reports["empty"])
    result["score"]["complete"] = complete
    assert said in Page(render_page(result)).text


def test_standing_in_is_explained(pages):
    assert "b1 failed too, so here the grader’s own conv2d stood in for yours: this check judges b2 alone." in (
        pages["partly"].text
    )


def test_passed_checks_are_folded_into_one_line(pages):
    assert "2 checks passed" in pages["partly"].text
    assert ("details", {"class": "passed"}) in pages["partly"].elements


def test_checks_that_say_the_same_are_told_once(pages):
    section = pages["raised"].text.split("b1 Convolution, forward")[-1].split("b2 Gradient")[0]
    assert section.count("conv2d is not defined.") == 1
    assert "What the 3 checks ask for" in section


def test_a_check_that_passed_in_part_says_why(reports):
    result = result_of(reports["right"])
    result["questions"][0]["checks"][0] |= {"points": 0.3, "message": "Accuracy 0.7: half of the points."}
    page = Page(render_page(result))
    assert "right public check · 0.3 of 0.67 points" in page.text
    assert "Accuracy 0.7: half of the points." in page.text


def test_a_hidden_check_without_words_says_that_it_is_hidden(reports):
    result = result_of(reports["partly"])
    for question in result["questions"]:
        for check in question["checks"]:
            check |= {"message": "", "counterexample": None, "reproduce": "", "traceback": ""}
    assert "This is a hidden check: what it tried is not shown." in Page(render_page(result)).text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_shown_with_an_icon_and_a_word(reports, verdict):
    report = reports["right"]
    first = report.score.questions[0]
    checks = tuple(replace(check, verdict=verdict, fraction=0.0) for check in first.checks)
    question = replace(first, verdict=verdict, checks=checks, points=0.0)
    page = Page(render_page(result_of(replace(report, score=replace(report.score, questions=(question,))))))
    sign = sign_of(verdict)
    assert f"#icon-{sign.icon}" in page.all("href")
    assert f"tone-{sign.tone}" in " ".join(page.all("class"))
    assert f"1 {sign.word}" in page.text


def test_how_the_file_ran_is_told(pages):
    text = pages["raised"].text
    file = text[text.index("How your file ran") :]
    assert "raised an exception cell 7 NameError: name 'k' is not defined" in file
    assert "kernel = torch.ones(k, k) / k ** 2" in file
    assert "Names that are not defined conv2d conv2d_weight_grad" in file


def test_what_was_printed_is_folded_and_says_how_much_was_cut(pages):
    text = pages["partly"].text
    assert "What it printed (90,412 bytes; decides no points)" in text
    assert "This is the first part: 90,160 bytes more were cut off." in text
    assert "more were cut off" not in pages["right"].text


def test_repairs_and_notes_are_told_apart(pages):
    text = pages["partly"].text
    assert "What was repaired or chosen when your submission was opened The archive" in text
    assert "What was left out or replaced while it ran The line" in text
    assert "None of this costs points." in text
    assert "None of this costs points." not in pages["right"].text
    assert "The archive held a folder hw2/; its conv_nets.ipynb was taken." in text
    assert "The line !pip install torchsummary in cell 1 was left out" in text


def test_the_footer_says_with_what_it_was_graded(pages):
    text = pages["partly"].text
    footer = text[text.index("How this was graded") :]
    for part in (
        "cpu",
        "2.15.0, 3.11.7",
        "0.1.0, all checks, profile “full”",
        "level A",
        "sha256:9e41a2d8",
        "Seed 7",
        "Time 1.8 s: 210 ms",
    ):
        assert part in footer
