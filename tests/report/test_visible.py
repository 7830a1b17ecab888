"""What a reader cannot see, or what changes the text beside it, is written as a code point."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 3.14", "plain text, 3.14"),
        ("two\n\tlines", "two\n\tlines"),
        ("größer, 畳み込み, 🙂, ∂L/∂w", "größer, 畳み込み, 🙂, ∂L/∂w"),
        ("a\u202eb", "a‹U+202E›b"),
        ("a\u2066b\u2069", "a‹U+2066›b‹U+2069›"),
        ("nul\x00 bell\x07", "nul‹U+0000› bell‹U+0007›"),
        ("zero\u200bwidth\ufeff", "zero‹U+200B›width‹U+FEFF›"),
        ("no\u00a0break", "no‹U+00A0›break"),
        ("tag\U000e0041", "tag‹U+E0041›"),
        ("variation\U000e0100", "variation‹U+E0100›"),
        ("variation\ufe00, ❤\ufe0f", "variation‹U+FE00›, ❤\ufe0f"),
        ("heap" + "\u0301" * 6 + "s\u0301", "heap" + "\u0301" * 4 + "‹U+0301›‹U+0301›s\u0301"),
        ("שָׁלוֹם, ที่นี่, Việt, हिन्दी", "שָׁלוֹם, ที่นี่, Việt, हिन्दी"),
        ("filler\u3164", "filler‹U+3164›"),
        ("line\u2028separator", "line‹U+2028›separator"),
        ("lone \ud800", "lone \ufffd"),
        ("dos\r\nline", "dos\nline"),
        ("10%\r20%", "10%\n20%"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07", "‹U+001B›]0;title‹U+0007›"),
        ("", ""),
    ],
)
def test_a_text_is_shown_as(text, shown):
    assert visible(text) == shown


@given(st.text())
def test_what_is_shown_holds_no_control_format_or_surrogate_character(text):
    kinds = {unicodedata.category(character) for character in visible(text) if character not in "\n\t"}
    assert not kinds & {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}


@given(st.text())
def test_making_visible_twice_changes_nothing_more(text):
    assert visible(visible(text)) == visible(text)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "S"])))
def test_plain_text_stays_as_it_is(text):
    assert visible(text) == text
