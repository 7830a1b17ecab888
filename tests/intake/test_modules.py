"""Modules: what is text that Python could read."""

from __future__ import annotations

import codecs

import pytest

from grader.errors import IntakeError
from grader.intake.modules import module_text


def refused(content):
    with pytest.raises(IntakeError) as caught:
        module_text("conv_nets.py", content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("ä = 1".encode(), "ä = 1"),
        (codecs.BOM_UTF8 + "ä = 1".encode(), "ä = 1"),
        (b"# coding: latin-1\n\xe4 = 1", "# coding: latin-1\nä = 1"),
        (
            b"#!/usr/bin/env python\n# -*- coding: cp1252 -*-\n\x80 = 1",
            "#!/usr/bin/env python\n# -*- coding: cp1252 -*-\n€ = 1",
        ),
        (b"def f(:", "def f(:"),
    ],
)
def test_what_python_can_decode_is_text_even_with_syntax_errors(content, text):
    assert module_text("conv_nets.py", content) == text


@pytest.mark.parametrize("content", ["ä = 1".encode("latin-1"), b"x = 1\n" * 100 + b"# \xe4"])
def test_latin_1_without_a_declaration_is_refused(content):
    assert refused(content) == "conv_nets.py is not UTF-8; save it as UTF-8 and hand it in again"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_refused(encoding):
    assert "UTF-16" in refused("x = 1".encode("utf-16"))
    assert "NUL" in refused("x = 1".encode(encoding)[2:])


def test_nul_bytes_are_refused():
    assert "NUL" in refused(b"x = 1\0")


@pytest.mark.parametrize("encoding", [b"klingon", b"ascii", b"rot13", b"hex", b"utf-8.x"])
def test_a_declaration_that_is_wrong_is_named(encoding):
    assert f"declares the encoding '{encoding.decode()}'" in refused(b"# coding: " + encoding + b"\n# \xe4")


def test_a_byte_order_mark_and_another_declaration_do_not_go_together():
    assert "declares the encoding 'latin-1'" in refused(codecs.BOM_UTF8 + b"# coding: latin-1\n")


@pytest.mark.parametrize("encoding", ["punycode", "idna", "utf-7", "utf_16", "unicode_escape", "raw_unicode_escape"])
def test_encodings_that_no_editor_writes_are_refused(encoding):
    assert "save it as UTF-8 without that line" in refused(f"# coding: {encoding}\nx = 1".encode())


def test_a_module_that_is_no_text_is_refused_when_it_is_opened(tmp_path, refusal):
    (tmp_path / "conv_nets.py").write_bytes("größe = 1".encode("latin-1"))
    assert "save it as UTF-8" in refusal(tmp_path / "conv_nets.py")


def test_a_syntax_error_does_not_stop_a_module_from_being_opened(tmp_path, opened):
    (tmp_path / "conv_nets.py").write_bytes(b"def f(:")
    assert opened(tmp_path / "conv_nets.py").main == "conv_nets.py"


def test_a_notebook_with_the_name_of_a_module_is_opened_as_one(tmp_path, opened, notebook):
    (tmp_path / "conv_nets.py").write_bytes(notebook("x = 1"))
    submission = opened(tmp_path / "conv_nets.py")
    assert submission.cells[0].source == "x = 1"
    assert submission.repairs == ("conv_nets.py is really a notebook and was read as one.",)


def test_a_broken_notebook_with_the_name_of_a_module_is_refused_as_one(tmp_path, refusal, notebook):
    (tmp_path / "conv_nets.py").write_bytes(notebook("x = 1")[:-9])
    assert "damaged" in refusal(tmp_path / "conv_nets.py")
