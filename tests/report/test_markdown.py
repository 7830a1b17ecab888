"""A student's Markdown is shown as it is meant, and nothing of it can do more than be read."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.markdown import rendered

ALLOWED = re.compile(
    r"</?(?:blockquote|br|code|del|em|h[456]|hr|li|p|pre|s|strong|ul|ol|table|tbody|td|th|thead|tr|a)>"
    r'|<ol start="\d+">|<a (?:href="(?:https?://|mailto:)[^"<>]*" )?rel="noopener noreferrer nofollow">'
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* **b** `c<d` ~~e~~", "<p><em>a</em> <strong>b</strong> <code>c&lt;d</code> <s>e</s></p>"),
        ("[a](https://a.b/c?d=1&e)", '<p><a href="https://a.b/c?d=1&amp;e" rel="noopener noreferrer nofollow">a</a></p>'),
        ("<https://a.b>", '<p><a href="https://a.b" rel="noopener noreferrer nofollow">https://a.b</a></p>'),
        ("[a](mailto:b@c.d)", '<p><a href="mailto:b@c.d" rel="noopener noreferrer nofollow">a</a></p>'),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("```python\nx < y\n```", "<pre><code>x &lt; y\n</code></pre>"),
        ("a\n\n---\n\n> b", "<p>a</p>\n<hr>\n<blockquote>\n<p>b</p>\n</blockquote>"),
        (
            "|a|b|\n|:-|-:|\n|1|2|",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n"
            "<td>2</td>\n</tr>\n</tbody>\n</table>",
        ),
        ("", ""),
    ],
)
def test_common_markdown_and_tables_are_rendered(text, html):
    assert rendered(text).strip() == html


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n## b\n# c", "454"),
        ("### a\n##### b\n#### c", "455"),
        ("## a\n# b\n###### c", "445"),
        ("# a\n## b\n### c\n#### d", "4566"),
    ],
)
def test_headings_go_on_below_the_questions_and_skip_no_level(text, levels):
    assert "".join(re.findall(r"<h(\d)>", rendered(text))) == levels
    assert re.findall(r"<h(\d)>", rendered(text)) == re.findall(r"</h(\d)>", rendered(text))


@pytest.mark.parametrize(
    "formula",
    ["$a_1 * b_2 * c$", r"$\{x\} \\ y$", "$$a*b*c$$", r"\(x_1*y*z\)", r"\[q_1 *a* \]", r"$\$5$", "$x$", "$f$"],
)
def test_a_formula_stays_as_it_is_written(formula):
    assert rendered(f"So {formula} holds, *too*") == f"<p>So <code>{formula}</code> holds, <em>too</em></p>\n"


def test_a_formula_of_several_lines_stays_as_it_is_written():
    assert (
        rendered("So\n$$\n- a_1\n+ b_1\n$$\nholds") == "<p>So</p>\n<pre><code>$$\n- a_1\n+ b_1\n$$\n</code></pre>\n<p>holds</p>\n"
    )


@pytest.mark.parametrize("text", ["It costs $5 or $10, *not* more", "a $ b *c* $ d", "$$", "$$\nno end", r"\$a*b*c$"])
def test_dollars_alone_are_no_formula(text):
    assert "<code>" not in rendered(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![a *b*](https://a.b/c.png)", "[picture, not shown here: a b, https://a.b/c.png]"),
        ("![](attachment:image.png)", "[picture, not shown here]"),
        ("![sketch](data:left-out)", "[picture, not shown here: sketch]"),
        ("![sketch](data:image/png;base64,AAAA)", "[picture, not shown here: sketch]"),
        ("![sketch](plots/a.png)", "[picture, not shown here: sketch, plots/a.png]"),
        ("[![a](b.png)](https://c.d)", "[picture, not shown here: a, b.png]"),
    ],
)
def test_a_picture_is_named_and_not_loaded(text, shown):
    assert f"<em>{shown}</em>" in rendered(text)
    assert "<img" not in rendered(text)


@pytest.mark.parametrize("address", ["plots/a.html", "#overview", "//evil.test/x", "ftp://a.b", "tel:123", "?q", "/etc"])
def test_a_link_that_is_none_of_the_web_is_shown_with_its_address(address):
    assert rendered(f"[a]({address}) b") == f"<p>a ({address}) b</p>\n"


# What has led Markdown renderers astray.
LINKS = [
    "[a](javascript:window.__xss=1)",
    "[a](JaVaScRiPt:window.__xss=1)",
    "[a](java\tscript:window.__xss=1)",
    "[a](<java\nscript:window.__xss=1>)",
    "[a](javascript&colon;window.__xss=1)",
    "[a](&#106;avascript:window.__xss=1)",
    "[a](&#x6A;&#x61;vascript&#58;window.__xss=1)",
    "[a](\x01javascript:window.__xss=1)",
    "[a]( javascript:window.__xss=1)",
    "[a](javascript://https://a.b/%0awindow.__xss=1)",
    "[a](vbscript:x)",
    "[a](data:text/html,<script>window.__xss=1</script>)",
    "[a](data:image/svg+xml,<svg onload=window.__xss=1>)",
    "[a](data:image/png;base64,AAAA)",
    "[a](file:///etc/passwd)",
    "[a](blob:https://a.b/c)",
    "[a][b]\n\n[b]: javascript:window.__xss=1",
    "[b]\n\n[b]: <javascript:window.__xss=1> 'title'",
    "<javascript:window.__xss=1>",
    "<data:text/html,x>",
    '[a](https://a.b "\\" onmouseover=window.__xss=1 x=\\"")',
    "[a](https://a.b' onmouseover='window.__xss=1)",
    '[a](<https://a.b" onmouseover="window.__xss=1>)',
    "[a](https://a.b`onmouseover=window.__xss=1)",
    '![a](https://a.b" onerror="window.__xss=1)',
    '![" onerror="window.__xss=1](x)',
    "[![a](javascript:window.__xss=1)](javascript:window.__xss=1)",
    "[a [b](javascript:window.__xss=1) c](javascript:window.__xss=1)",
    "[[[[a](javascript:x)](https://a.b)](javascript:y)]",
    "<a href='javascript:window.__xss=1'>a</a>",
    "<img src=x onerror=window.__xss=1>",
    "<svg><script>window.__xss=1</script></svg>",
    "&lt;img src=x onerror=window.__xss=1&gt;",
    "```<img src=x onerror=window.__xss=1>\nx\n```",
    '```"onmouseover=window.__xss=1\nx\n```',
    "`<img src=x onerror=window.__xss=1>`",
    "$<img src=x onerror=window.__xss=1>$",
    "$$\n</code></pre><img src=x onerror=window.__xss=1>\n$$",
    "|<img src=x onerror=window.__xss=1>|\n|-|\n|</td></table><script>window.__xss=1</script>|",
    "# <svg onload=window.__xss=1>",
    "- [ ] <input autofocus onfocus=window.__xss=1>",
    "<!-- --><script>window.__xss=1</script>",
    "<![CDATA[<script>window.__xss=1</script>]]>",
    "<math><mtext><style><img src onerror=window.__xss=1></style></mtext></math>",
    "<https://a.b/<script>window.__xss=1</script>>",
    '<https://a.b/"onmouseover=window.__xss=1>',
    "[a](https://a.b/\u202egpj.exe)",
    "&#x202e;estniop 001&#x200b;&#0;&#xfeff;",
    "</div></section></main><style>*{display:none}</style>",
]


@pytest.mark.parametrize("text", LINKS)
def test_nothing_but_the_allowed_elements_comes_out(text):
    html = rendered(text)
    assert re.sub(ALLOWED, "", html).count("<") == 0
    assert not re.search("[\u200b-\u200f\u202a-\u202e\ufeff\0]", html)
    assert not [address for address in re.findall(r'href="([^"]*)"', html) if not re.match("https?://a.b|mailto:", address)]


@given(st.lists(st.sampled_from([*LINKS, "\n", "\n\n", "> ", "- ", "`", "$", "|", "[", "](", ")", "*", "<", ">", '"', "&", "#"])))
def test_nothing_else_comes_out_of_any_mixture(parts):
    assert re.sub(ALLOWED, "", rendered("".join(parts))).count("<") == 0


@given(st.text())
def test_nothing_else_comes_out_of_any_text(text):
    assert re.sub(ALLOWED, "", rendered(text)).count("<") == 0


def test_what_would_show_nothing_is_shown_as_it_stands():
    assert rendered("[a]: https://a.b") == "<pre><code>[a]: https://a.b</code></pre>"


def test_raw_html_is_shown_as_text():
    assert rendered("<b>x</b> &lt;i&gt;") == "<p>&lt;b&gt;x&lt;/b&gt; &lt;i&gt;</p>\n"


LONG = ["[", "![", "[a](", "*a **a ", "> ", "`a", "<", "&", "#\n", "$a", "$$a\n", "\\[", "- ", "|a\n|-\n", "[a]: b\n", "a\n"]


@pytest.mark.parametrize("part", LONG)
def test_a_long_answer_takes_no_long_time(part):
    start = time.process_time()
    rendered(part * (25_000 // len(part)))
    assert time.process_time() - start < 10
