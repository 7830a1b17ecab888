"""Makes a hand-in that carries hostile texts wherever a student's work can carry a text."""

from __future__ import annotations

import re
from pathlib import Path

from nbformat import NotebookNode, v4, writes

from tests.report.payloads import IMAGE, MARKDOWN, PAYLOADS

FOLDER = f'ada">{IMAGE}'
FILES = {  # as they are named, and as intake takes them
    f'">{IMAGE}.txt': f'">{IMAGE}.txt',
    "<script>window.__xss=1</script>.csv": "<script>window.__xss=1</script>.csv",
    "' onmouseover='window.__xss=1' x='.md": "' onmouseover='window.__xss=1' x='.md",
    "\u202etxt.ssap\u2066.txt": "_txt.ssap_.txt",
    "two\nlines\x1b[31m.txt": "two_lines_[31m.txt",
    "{{ 7 * 7 }}{% raw %}.txt": "{{ 7 * 7 }}{% raw %}.txt",
    "javascript:window.__xss=1": "javascript:window.__xss=1",
    "unbroken" * 24: "unbroken" * 24,
}
PRINTED = {payload.text: payload.shows or payload.text for payload in PAYLOADS if not re.search("[\ud800-\udfff]", payload.text)}
NAME = f"</code></pre>{IMAGE}"  # of classes, functions, files of code
SAID = f"\"> ' ` </h3>{IMAGE} \u202e{{{{ 7 * 7 }}}} \x1b[2J"
RAISED = (f"line 2, in {NAME}", f"{NAME}: ", f"\"> ' ` </h3>{IMAGE} ‹U+202E›{{{{ 7 * 7 }}}} ‹U+001B›[2J", "x = '<!--' +")
ANSWERED = (
    f"{{'{NAME}': '{IMAGE}', 'weights': ['<svg onload=window.__xss=1>']}}",
    "# --></pre><script>window.__xss=1</script>",
)
QUESTIONS = ("a1", "b1", "b3", "b4")  # a wrong answer, an exception, a missing name, a broken rule

_PRINTS = f"for text in {sorted(PRINTED)!a}:\n    print(text)"
_WARNS = f"import sys, warnings\nwarnings.warn({IMAGE!r})\nprint({NAME!r}, file=sys.stderr)"
_RAISES = f"""
Hostile = type({NAME!a}, (Exception,), {{"__module__": "<b>builtins</b>"}})
error = Hostile({SAID!a})
error.add_note({IMAGE!r})
raise error
"""
_IS_NO_PYTHON = "x = '<!--' + <script>window.__xss=1</script>"
_FROM_NO_FILE = f"def conv2d(*args, **kwargs):\n    raise Hostile({SAID!a})"
_DEFINES = f"""
import torch

def conv_param_count(in_channels, filters, kernel):
    return {{{NAME!r}: {IMAGE!r}, "weights": ["<svg onload=window.__xss=1>"]}}

exec(compile({_FROM_NO_FILE!a}, {NAME!a}, "exec"))
conv2d.__code__ = conv2d.__code__.replace(co_name={NAME!a}, co_qualname={NAME!a})

def sgd_step(w, dw, lr):
    return torch.nn.Parameter(w - lr * dw).detach()  # --></pre><script>window.__xss=1</script>
"""


def hand_in(folder: Path) -> Path:
    """Make the hand-in in this folder and return its path."""
    place = folder / FOLDER
    place.mkdir()
    for name in FILES:
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(IMAGE, encoding="utf-8")
    cells = [_cell(source) for source in (_PRINTS, _WARNS, _RAISES, _IS_NO_PYTHON, _DEFINES)]
    cells += [
        v4.new_markdown_cell(payload.text, metadata={"tags": [f"answer-w{place}"]}) for place, payload in enumerate(MARKDOWN, 1)
    ]
    (place / "conv_nets.ipynb").write_text(writes(v4.new_notebook(cells=cells, metadata=_METADATA)), encoding="utf-8")
    return place


_METADATA = {
    "title": IMAGE,
    "authors": [{"name": NAME}],
    "kernelspec": {"name": "python3", "display_name": IMAGE, "language": NAME},
    "language_info": {"name": IMAGE, "file_extension": NAME},
}


def _cell(source: str) -> NotebookNode:
    output = v4.new_output("display_data", data={"text/html": f"<script>window.__xss=1</script>{IMAGE}"})
    return v4.new_code_cell(source, metadata={"tags": [NAME], "name": IMAGE}, outputs=[output])
