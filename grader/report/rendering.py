"""What every page is rendered with: templates that escape, text made visible, and a policy that allows the page's own alone."""

from __future__ import annotations

import base64
import hashlib
import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.report import wording
from grader.report.rows import in_rows
from grader.report.visible import visible

_CODE = re.compile(r"`([^`\n]+)`")


def new_environment() -> Environment:
    """Return an environment in which every value is escaped and made visible, with the filters that all pages use."""
    environment = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_made_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "prose": prose,
        "number": wording.number,
        "counted": wording.counted,
        "seconds": wording.seconds,
        "sentence": wording.sentence,
        "cut": wording.cut,
        "in_rows": in_rows,
    }
    environment.globals |= {"sign_of": wording.sign_of, "sign_of_answer": wording.sign_of_answer}
    return environment


def source_of(environment: Environment, name: str) -> str:
    """Return a style sheet or script as it stands in the page, byte for byte: its digest is what the policy allows."""
    loader = environment.loader
    assert loader is not None
    return loader.get_source(environment, name)[0].replace("\r\n", "\n")


def digest_of(source: str) -> str:
    """Return the digest by which a policy allows an inline style sheet or script."""
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def prose(text: str) -> Markup:
    """Return escaped running text in which `backticks` set code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(visible(text)))))


def _made_visible(value: object) -> object:
    """Treat every value that a template prints; what is markup already was treated when it was made."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
