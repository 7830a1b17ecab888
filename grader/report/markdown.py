"""Renders what a student wrote as Markdown into HTML that can do nothing but be read.

Three walls, each enough alone: raw HTML is text for the parser and only web and mail addresses are links; what the
parser made is cleaned by a list of the few elements and attributes that are allowed; and the page's policy refuses
scripts and everything from elsewhere. Formulas between dollar signs stay as they are written. Pictures are named, not
shown: they would have to be loaded, or decoded, in the reader's browser.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

from grader.report.visible import visible

HEADING = 4  # the level of an answer's highest heading: it stands below the question's own, of level 3
LOWEST = 6
MATH_LINES = 100  # of one formula; beyond that its two dollar signs stand alone

_TAGS = {"a", "blockquote", "br", "code", "del", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
_TABLE = {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_REL = "noopener noreferrer nofollow"
_SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_MATH = re.compile(
    r"\$\$(?:[^$\\]|\\.)+\$\$|\$(?![\s$])(?:[^$\\\n]|\\.){0,500}?(?<![\s\\])\$(?!\d)|\\\(.{1,500}?\\\)|\\\[.{1,500}?\\\]",
    re.DOTALL,
)
_OF_PICTURES = re.compile(r"attachment:|data:left-out|data:image/", re.IGNORECASE)
_ELEMENT = re.compile(r"<[^<>]*>")


def rendered(text: str) -> Markup:
    """Return the HTML of a Markdown text; what shows nothing, such as link definitions alone, is shown as it stands."""
    text = visible(text)
    clean = nh3.clean(
        _parser().render(text),
        tags=_TAGS | _TABLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes=_SCHEMES,
        link_rel=_REL,
    )
    if text.strip() and not _ELEMENT.sub("", clean).strip():
        return Markup("<pre><code>{}</code></pre>").format(text)
    return Markup(visible(clean))  # entities may have stood for characters that nobody sees


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """Return an attribute's value, or None where it is none of ours; a link leads to an absolute address of the web."""
    if attribute == "start":
        return value if value.isascii() and value.isdigit() and len(value) < 10 else None
    if attribute == "rel":
        return _REL
    return value if attribute == "href" and _LINK.match(value) else None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])
    of_pages = parser.validateLink
    parser.validateLink = lambda url: of_pages(url) or _OF_PICTURES.match(url) is not None  # type: ignore[method-assign]
    parser.inline.ruler.before("escape", "math", _math)
    parser.block.ruler.before("fence", "math", _math_block, {"alt": ["paragraph", "blockquote", "list"]})
    parser.core.ruler.push("headings", _with_headings_below)
    parser.core.ruler.push("links", _without_other_links)
    parser.add_render_rule("image", _picture)
    return parser


def _math(state: StateInline, silent: bool) -> bool:
    """Take `$...$` as it stands, so that no star or backslash in it is Markdown's."""
    if state.src[state.pos] not in "$\\":
        return False
    found = _MATH.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = found.group()
    state.pos = found.end()
    return True


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Take the lines between two `$$` as they stand; they may look like a list."""
    start = state.bMarks[first] + state.tShift[first]
    line = state.src[start : state.eMarks[first]].rstrip()
    if not line.startswith("$$") or (len(line) > 2 and line.endswith("$$")):
        return False
    last = next((row for row in range(first + 1, min(end, first + MATH_LINES)) if _ends_math(state, row)), None)
    if last is None:
        return False
    if not silent:
        token = state.push("code_block", "code", 0)
        token.content = state.getLines(first, last + 1, state.blkIndent, True)
        token.map = [first, last + 1]
        state.line = last + 1
    return True


def _ends_math(state: StateBlock, row: int) -> bool:
    return state.src[state.bMarks[row] : state.eMarks[row]].rstrip().endswith("$$")


def _with_headings_below(state: StateCore) -> None:
    """Give headings levels that go on from the question's and skip none."""
    above: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(HEADING + len(above) - 1, LOWEST)}"


def _without_other_links(state: StateCore) -> None:
    """Write a link that leads into a folder, or into this page, as its text and its address."""
    for token in state.tokens:
        address = ""
        for child in token.children or ():
            if child.type == "link_open":
                address = str(child.attrGet("href"))
            if child.type in ("link_open", "link_close") and not _LINK.match(address):
                child.content = f" ({address})" if child.type == "link_close" else ""
                child.type, child.tag, child.nesting = "text", "", 0


def _picture(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, environment: MutableMapping[str, Any]
) -> str:
    """Name a picture instead of loading it."""
    name = renderer.renderInlineAsText(tokens[place].children or [], options, environment)
    address = str(tokens[place].attrs.get("src", ""))
    shown = "" if _OF_PICTURES.match(address) else address
    words = ", ".join(part for part in (name, shown) if part)
    return f"<em>[picture, not shown here{escape(': ' + words if words else '')}]</em>"
