"""What becomes a submission, under which id, with which files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from grader.intake.opening import open_submission, submission_id

CODE = b"def conv2d(x, w):\n    return x\n"


def paths(submission):
    return [file.path for file in submission.files]


def test_a_single_module_is_a_submission(tmp_path, opened):
    (tmp_path / "conv_nets.py").write_bytes(CODE)
    submission = opened(tmp_path / "conv_nets.py")
    assert (submission.id, submission.main, submission.cells) == ("conv_nets", "conv_nets.py", None)
    assert submission.files[0].content == CODE
    assert submission.repairs == ()


def test_a_single_notebook_is_a_submission(tmp_path, opened, notebook):
    (tmp_path / "ada.ipynb").write_bytes(notebook("x = 1", "y = 2"))
    submission = opened(tmp_path / "ada.ipynb")
    assert (submission.id, submission.main, submission.is_notebook) == ("ada", "ada.ipynb", True)
    assert [cell.source for cell in submission.cells] == ["x = 1", "y = 2"]


@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz", "ada.tgz", "ada.tar", "ada.ZIP"])
def test_archives_of_every_kind_are_opened_and_give_their_name(tmp_path, opened, write_zip, write_tar, name):
    write = write_zip if name.lower().endswith("zip") else write_tar
    write(tmp_path / name, {"conv_nets.py": CODE, "data/weights.csv": b"1,2"})
    submission = opened(tmp_path / name)
    assert submission.id == "ada"
    assert paths(submission) == ["conv_nets.py", "data/weights.csv"]


def test_a_folder_keeps_its_whole_name_as_id(tmp_path, opened, write_folder):
    assert opened(write_folder(tmp_path / "ada.v2", {"conv_nets.py": CODE})).id == "ada.v2"


def test_the_current_folder_is_opened_by_a_dot(tmp_path, opened, write_folder, monkeypatch):
    monkeypatch.chdir(write_folder(tmp_path / "ada", {"conv_nets.py": CODE}))
    assert opened(Path(".")).id == "ada"


@pytest.mark.parametrize("name", ["..zip", "...zip", ".py", " .py"])
def test_an_id_never_names_a_folder_above(name):
    assert submission_id(name, is_folder=False) == "submission"


def test_an_id_has_no_control_characters():
    assert submission_id("ada\n\u202eb.py", is_folder=False) == "ada__b"


def test_a_path_that_does_not_exist_is_refused(tmp_path, refusal):
    assert "No such file" in refusal(tmp_path / "nothing.py")


def test_a_path_with_a_nul_is_refused(tmp_path, refusal):
    assert "cannot be read" in refusal(tmp_path / "a\0b.py")


def test_a_file_of_another_kind_is_refused(tmp_path, refusal):
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    assert "hand in a .py, a .ipynb, a folder" in refusal(tmp_path / "report.pdf")


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path, refusal):
    os.mkfifo(tmp_path / "conv_nets.py")
    assert "neither a file nor a folder" in refusal(tmp_path / "conv_nets.py")


def test_a_link_is_not_followed_even_when_it_is_the_path_itself(tmp_path, refusal):
    (tmp_path / "real.py").write_bytes(CODE)
    (tmp_path / "conv_nets.py").symlink_to(tmp_path / "real.py")
    assert "symbolic link" in refusal(tmp_path / "conv_nets.py")


def test_links_in_a_folder_are_left_out_and_noted(tmp_path, opened, write_folder):
    secret = write_folder(tmp_path / "secret", {"key.txt": b"secret"})
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE})
    (folder / "key.txt").symlink_to(secret / "key.txt")
    (folder / "all").symlink_to(secret)
    submission = opened(folder)
    assert paths(submission) == ["conv_nets.py"]
    assert submission.repairs == ("Links are not followed; left out: all, key.txt.",)


def test_a_pipe_in_a_folder_is_refused(tmp_path, refusal, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE})
    os.mkfifo(folder / "pipe")
    assert "neither file nor folder" in refusal(folder)


def test_a_socket_in_a_folder_is_refused(tmp_path, refusal, write_folder, monkeypatch):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE})
    monkeypatch.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert "neither file nor folder" in refusal(folder)


def test_leftovers_of_tools_are_ignored(tmp_path, opened, write_folder):
    leftovers = (
        "__MACOSX/._conv_nets.py",
        "._conv_nets.py",
        ".DS_Store",
        "sub/.DS_Store",
        ".ipynb_checkpoints/conv_nets-checkpoint.ipynb",
        "__pycache__/conv_nets.cpython-311.pyc",
        "conv_nets.pyc",
        ".git/config",
        ".idea/workspace.xml",
        "env/pyvenv.cfg",
        "env/lib/python3.11/site-packages/torch/__init__.py",
    )
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "helper.py": b"", **dict.fromkeys(leftovers, b"x")})
    assert paths(opened(folder)) == ["conv_nets.py", "helper.py"]


def test_a_virtual_environment_made_in_the_top_folder_does_not_hide_the_work(tmp_path, opened, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "pyvenv.cfg": b""})
    assert opened(folder).main == "conv_nets.py"


def test_a_folder_without_any_source_is_refused(tmp_path, refusal, write_folder):
    assert "only notes.txt" in refusal(write_folder(tmp_path / "ada", {"notes.txt": b""}))


def test_an_empty_folder_is_refused(tmp_path, refusal, write_folder):
    assert "no files" in refusal(write_folder(tmp_path / "ada", {}))


def test_an_archive_in_an_archive_is_not_opened_and_the_student_is_told(tmp_path, refusal, write_zip):
    inner = write_zip(tmp_path / "inner.zip", {"conv_nets.py": CODE}).read_bytes()
    assert "an archive inside (inner.zip)" in refusal(write_zip(tmp_path / "ada.zip", {"inner.zip": inner}))


def test_an_archive_beside_the_work_stays_a_plain_file(tmp_path, opened, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "data.zip": b"PK\x03\x04"})
    assert paths(opened(folder)) == ["conv_nets.py", "data.zip"]


def test_files_are_named_from_the_folder_of_the_main_file(tmp_path, opened, write_zip):
    files = {"hw/src/conv_nets.py": CODE, "hw/src/data/a.csv": b"1", "hw/notes.txt": b"n", "readme.md": b"r"}
    submission = opened(write_zip(tmp_path / "ada.zip", files))
    assert paths(submission) == ["conv_nets.py", "data/a.csv"]
    assert submission.repairs == ("Files outside the folder of hw/src/conv_nets.py were left out: hw/notes.txt, readme.md.",)


def test_unprintable_characters_in_names_become_underscores(tmp_path, opened, write_folder):
    names = {"a\nb.txt": b"1", "c\u202ed.txt": b"2", "<b>.txt": b"3", os.fsdecode(b"e\xff.txt"): b"4"}
    submission = opened(write_folder(tmp_path / "ada", {"conv_nets.py": CODE, **names}))
    assert paths(submission) == ["<b>.txt", "a_b.txt", "c_d.txt", "conv_nets.py", "e_.txt"]
    assert submission.repairs == ("Characters that cannot be printed became '_' in the names: a_b.txt, c_d.txt, e_.txt.",)


def test_a_name_of_more_than_200_bytes_is_refused(tmp_path, refusal, write_folder):
    message = refusal(write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "ü" * 101: b""}))
    assert "a name of 202 bytes" in message


def test_too_many_folders_inside_each_other_are_refused(tmp_path, refusal, write_zip):
    assert "path of" in refusal(write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE, "d/" * 600 + "x": b""}))


def test_a_module_that_is_mostly_data_is_refused(tmp_path, refusal, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "table.py": b"x = '" + b"a" * 10**6 + b"'"})
    assert "table.py has 1,000,006 bytes of Python" in refusal(folder)


def test_a_code_cell_that_is_mostly_data_is_refused(tmp_path, refusal, notebook):
    (tmp_path / "conv_nets.ipynb").write_bytes(notebook("x = 1", "#" * (10**6 + 1)))
    assert "code cell 2 has 1,000,001 bytes" in refusal(tmp_path / "conv_nets.ipynb")


def test_a_file_without_read_permission_is_refused(tmp_path, refusal):
    (tmp_path / "conv_nets.py").write_bytes(CODE)
    (tmp_path / "conv_nets.py").chmod(0)
    if os.access(tmp_path / "conv_nets.py", os.R_OK):
        pytest.skip("root may read everything")
    assert "Permission denied" in refusal(tmp_path / "conv_nets.py")


def test_the_digest_changes_with_content_and_with_names(tmp_path, opened, write_folder):
    digests = {
        opened(write_folder(tmp_path / "1" / "ada", {"conv_nets.py": CODE, "a": b"1"})).digest,
        opened(write_folder(tmp_path / "2" / "ada", {"conv_nets.py": CODE, "a": b"2"})).digest,
        opened(write_folder(tmp_path / "3" / "ada", {"conv_nets.py": CODE, "b": b"1"})).digest,
        opened(write_folder(tmp_path / "4" / "ada", {"conv_nets.py": CODE + b"1", "a": b""})).digest,
    }
    assert len(digests) == 4
    assert all(digest.startswith("sha256:") and len(digest) == 71 for digest in digests)


def test_nothing_of_a_student_is_run(tmp_path, write_folder):
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode()
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": trap, "json.py": trap, "sitecustomize.py": trap})
    open_submission(folder, slug="conv_nets", names=("conv2d",))
    assert not (tmp_path / "ran").exists()
