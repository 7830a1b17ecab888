"""Notebooks: every format, and the many ways in which a file with that name is broken."""

from __future__ import annotations

import codecs
import json

import pytest

from grader.errors import IntakeError
from grader.intake.notebooks import read_notebook
from grader.model import Cell


def read(value):
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_notebook("ada.ipynb", content)


def refused(value):
    with pytest.raises(IntakeError) as caught:
        read(value)
    return str(caught.value)


def nbformat4(*cells, minor=5, **fields):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": minor} | fields


CODE = {"cell_type": "code", "source": "x = 1", "outputs": [], "execution_count": None, "metadata": {}}
TEXT = {"cell_type": "markdown", "source": "# a", "metadata": {}}


@pytest.mark.parametrize("minor", range(6))
def test_every_version_of_format_4_is_read(minor):
    notebook = read(nbformat4(CODE, TEXT, {"cell_type": "raw", "source": "r"}, minor=minor))
    assert notebook.cells == (
        Cell(kind="code", source="x = 1"),
        Cell(kind="markdown", source="# a"),
        Cell(kind="raw", source="r"),
    )
    assert notebook.repairs == ()


@pytest.mark.parametrize("version", [2, 3])
def test_formats_2_and_3_are_converted(version):
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Part A"]},
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "outputs": [], "language": "python", "prompt_number": 3},
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "html", "source": "<b>"},
    ]
    notebook = read({"nbformat": version, "worksheets": [{"cells": cells[:2]}, {"cells": cells[2:]}, {}, 3]})
    assert [(cell.kind, cell.source) for cell in notebook.cells] == [
        ("markdown", "## Part A"),
        ("code", "x = 1\ny = 2"),
        ("markdown", "text"),
        ("markdown", "<b>"),
    ]
    assert notebook.repairs == (f"ada.ipynb has the old nbformat {version} and was converted.",)


@pytest.mark.parametrize("level", [None, 0, 9, "2", 1.5, [1]])
def test_a_heading_without_a_sensible_level_is_of_the_first(level):
    cell = {"cell_type": "heading", "level": level, "source": "A"}
    assert read({"nbformat": 3, "worksheets": [{"cells": [cell]}]}).cells[0].source == "# A"


@pytest.mark.parametrize(("version", "shown"), [(99, "99"), (None, "NoneType"), ("4", "4"), ([[]], "list"), (-1, "-1")])
def test_an_unknown_format_is_read_when_it_has_cells(version, shown):
    notebook = read(nbformat4(CODE, nbformat=version))
    assert len(notebook.cells) == 1
    assert notebook.repairs == (f"ada.ipynb has the unknown nbformat {shown} and was read like nbformat 4.",)


@pytest.mark.parametrize("cells", [None, {}, "x", 3])
def test_a_notebook_without_a_list_of_cells_is_refused(cells):
    assert "no list of cells (nbformat 4)" in refused(nbformat4(cells=cells))


def test_missing_and_repeated_ids_and_missing_metadata_do_not_matter():
    cells = [{"cell_type": "code", "id": "a", "source": "1"}, {"cell_type": "code", "id": "a", "source": "2"}]
    notebook = read({"cells": [*cells, {"cell_type": "code", "source": "3"}], "nbformat": 4})
    assert [cell.source for cell in notebook.cells] == ["1", "2", "3"]
    assert notebook.repairs == ()


def test_a_source_is_text_or_a_list_of_lines():
    assert [cell.source for cell in read(nbformat4(CODE | {"source": "a\nb"}, CODE | {"source": ["a\n", "b"]})).cells] == [
        "a\nb",
        "a\nb",
    ]


@pytest.mark.parametrize("source", [None, 3, {"a": 1}, ["a", None], [["a"]]])
def test_a_source_that_is_no_text_is_left_out_and_noted(source):
    notebook = read(nbformat4(CODE, CODE | {"source": source}))
    assert notebook.cells[1].source in ("", "a")
    assert notebook.repairs == ("Cells of ada.ipynb had no readable source, or parts of it that are not text: 2.",)


def test_a_cell_without_a_type_is_code_only_if_it_could_have_been_run():
    notebook = read(nbformat4({"source": "a", "outputs": []}, {"source": "b"}, {"source": "c", "cell_type": "sql"}))
    assert [cell.kind for cell in notebook.cells] == ["code", "raw", "raw"]
    assert notebook.repairs == ("Cells of ada.ipynb had no known type, which was guessed: 1, 2, 3.",)


def test_entries_that_are_no_cells_are_left_out_and_noted():
    notebook = read(nbformat4(CODE, 3, None, "x"))
    assert len(notebook.cells) == 1
    assert notebook.repairs == ("3 entries of ada.ipynb are not cells and were left out.",)


@pytest.mark.parametrize(
    ("metadata", "tags"),
    [
        ({"tags": ["answer-w1", "b"]}, ("answer-w1", "b")),
        ({"tags": ["a", 3, None, ["b"]]}, ("a",)),
        ({"tags": "answer-w1"}, ()),
        ({}, ()),
        (None, ()),
        ([], ()),
    ],
)
def test_tags_are_the_texts_in_their_list(metadata, tags):
    assert read(nbformat4(TEXT | {"metadata": metadata})).cells[0].tags == tags


def test_values_that_are_no_json_numbers_are_accepted():
    assert read(b'{"nbformat": 4, "metadata": {"x": NaN}, "cells": [{"cell_type": "code", "source": "a"}]}').cells


def test_line_breaks_inside_strings_are_accepted():
    assert read(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\nb"}]}').cells[0].source == "a\nb"


def test_characters_that_no_text_can_hold_are_replaced():
    notebook = read(rb'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\ud800b\u0000\ud83d\ude00"}]}')
    assert notebook.cells[0].source == "a\ufffdb\ufffd\U0001f600"
    assert "no text can hold" in notebook.repairs[0]


@pytest.mark.parametrize(
    ("encoding", "mark", "told"),
    [
        ("utf-8", codecs.BOM_UTF8, "byte order mark"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
    ],
)
def test_other_encodings_with_a_mark_are_read_and_noted(encoding, mark, told):
    notebook = read(mark + json.dumps(nbformat4(CODE | {"source": "größe"}), ensure_ascii=False).encode(encoding))
    assert notebook.cells[0].source == "größe"
    assert told in notebook.repairs[0]


def test_latin_1_is_refused():
    assert "not text in UTF-8" in refused('{"cells": ["größe"]}'.encode("latin-1"))


@pytest.mark.parametrize("content", [b"", b" \n\t", b"\0\0\0\0"])
def test_an_empty_file_is_refused(content):
    assert "is empty" in refused(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\n  <html lang='en'>", "web page"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"\x1f\x8brest", "a gzip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"import torch\n\nx = 1\n", "a Python file; give it the extension .py"),
        (b'"""My work."""\ndef conv2d(x, w):\n    return x\n', "a Python file"),
        (b"https://colab.research.google.com/drive/abc\n", "only a link"),
        (b"[InternetShortcut]\r\nURL=https://colab.research.google.com/drive/abc", "only a link"),
        (b'{"url": "https://docs.google.com/open?id=abc", "doc_id": "abc", "email": "a@b.c"}', "only a link"),
        (b"[1, 2]", "JSON but not a notebook"),
        (b"null", "JSON but not a notebook"),
        (b'{"cells": [', "damaged or is not a notebook (Expecting value: line 1 column 12"),
        (b'{"cells": []} {}', "Extra data"),
        (b"my answers", "damaged or is not a notebook"),
        (b'{"nbformat": ' + b"9" * 5_000 + b"}", "damaged or is not a notebook"),
    ],
)
def test_what_is_no_notebook_is_told_from_one(content, told):
    assert told in refused(content)


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"cells": ' * 200_000, b'{"cells":' + b"[" * 10**5 + b"]" * 10**5 + b"}"])
def test_deep_nesting_is_refused(content):
    assert "nested too deeply" in refused(content)


def test_the_marks_of_a_merge_conflict_are_named():
    text = json.dumps(nbformat4(CODE), indent=1).splitlines()
    conflict = ["<<<<<<< HEAD", *text[3:5], "=======", *text[3:5], ">>>>>>> main"]
    content = "\n".join([*text[:3], *conflict, *text[5:]]).encode()
    assert "merge conflict" in refused(content)
    assert "merge conflict" in refused(b"<<<<<<< HEAD\n" + content)


def test_the_marks_of_a_conflict_inside_a_cell_are_the_cells_own_matter():
    assert read(nbformat4(CODE | {"source": "<<<<<<< HEAD\nx\n>>>>>>> main"})).cells


def test_names_in_messages_are_printable():
    with pytest.raises(IntakeError) as caught:
        read_notebook("a\x1b[31m.ipynb", b"")
    assert "\x1b" not in str(caught.value)
