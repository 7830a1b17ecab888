"""A class from every place that classes come from: who is in it, what can be opened of each, and what is said about the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake.classes import open_class
from grader.intake.opening import open_submission

SLUG = "conv_nets"
CODE = b"from helpers import same\n\ndef conv2d(x, w):\n    return same(x)\n"
HELPERS = b"def same(x):\n    return x\n"


@pytest.fixture
def roll_of(tmp_path):
    """Open a class for the real assignment, with a folder of its own to unpack into."""
    return lambda path: open_class(path, staging=tmp_path / "out" / "unpacked", slug=SLUG)


@pytest.fixture
def submitted(conv_nets):
    """Open an entry as a submission to the real assignment and return its files by path."""

    def files_of(entry):
        assert entry.path is not None, entry.problem
        submission = open_submission(entry.path, slug=SLUG, names=conv_nets.names)
        return {file.path: file.content for file in submission.files}

    return files_of


def students(roll):
    return [entry.student for entry in roll.entries]


def by_student(roll):
    return {entry.student: entry for entry in roll.entries}


def said(roll):
    return " ".join(roll.notes)


# One entry for each student


def test_a_file_a_folder_and_an_archive_are_a_student_each(
    tmp_path, roll_of, submitted, notebook, write_folder, write_zip, write_tar
):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE, "bob/conv_nets.py": CODE, "bob/helpers.py": HELPERS})
    (folder / "cem.ipynb").write_bytes(notebook("def conv2d(x, w):\n    return x"))
    write_zip(folder / "dan.zip", {"work/conv_nets.py": CODE})
    write_tar(folder / "eve.tar.gz", {"conv_nets.py": CODE})
    roll = roll_of(folder)
    assert roll.shape == "one entry for each student"
    assert students(roll) == ["ada", "bob", "cem", "dan", "eve"]
    assert [entry.id for entry in roll.entries] == students(roll)
    assert submitted(by_student(roll)["bob"]) == {"conv_nets.py": CODE, "helpers.py": HELPERS}
    assert all(submitted(entry) for entry in roll.entries)
    assert roll.notes == ()


def test_what_lies_in_a_folder_is_opened_where_it_lies_and_nothing_is_written(tmp_path, roll_of, write_folder):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE, "bob/conv_nets.py": CODE})
    assert [entry.path for entry in roll_of(folder).entries] == [folder / "ada.py", folder / "bob"]
    assert not (tmp_path / "out").exists()


def test_what_systems_and_platforms_leave_there_is_no_student_and_is_named(tmp_path, roll_of, write_folder):
    clutter = [
        "grades.csv",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "README.md",
        "notes.txt",
        "report.pdf",
        "._ada.py",
        "~$x.docx",
    ]
    folder = write_folder(tmp_path / "class", {"ada.py": CODE, "__MACOSX/._ada.py": b"", ".git/config": b"", ".hidden.py": b""})
    write_folder(folder, dict.fromkeys(clutter, b"x"))
    roll = roll_of(folder)
    assert students(roll) == ["ada"]
    assert "no student's work" in said(roll)
    assert "9 more" in said(roll)


def test_a_kind_that_cannot_be_graded_is_a_row_with_its_reason_and_what_to_do(tmp_path, roll_of, write_folder):
    roll = roll_of(write_folder(tmp_path / "class", {"ada.py": CODE, "bob.docx": b"x", "cem.rar": b"x", "dan": b"x"}))
    for name in ("bob.docx", "cem.rar", "dan"):
        entry = by_student(roll)[name]
        assert entry.path is None
        assert name in entry.problem
        assert "must be a .py" in entry.problem


def test_two_entries_of_one_name_are_two_students_and_this_is_said(tmp_path, roll_of, write_folder, write_zip):
    folder = write_folder(tmp_path / "class", {"ada/conv_nets.py": CODE, "bob.py": CODE, "bob.ipynb": b"{}"})
    write_zip(folder / "ada.zip", {"conv_nets.py": CODE})
    roll = roll_of(folder)
    assert len(set(students(roll))) == 4
    assert {"ada", "bob"} < set(students(roll))
    assert "remove what is not meant: ada.zip, bob.py" in said(roll)


def test_an_empty_folder_is_a_row_with_its_reason(tmp_path, roll_of, write_folder):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE, "bob/.ipynb_checkpoints/x.py": b"", "bob/.DS_Store": b""})
    (folder / "cem").mkdir()
    roll = roll_of(folder)
    assert "empty" in by_student(roll)["bob"].problem
    assert "empty" in by_student(roll)["cem"].problem


@pytest.mark.skipif(os.name == "nt", reason="Windows gives the right to make links to few")
def test_a_link_is_a_row_and_is_not_followed_whether_it_leads_somewhere_or_not(tmp_path, roll_of, write_folder):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE})
    secret = write_folder(tmp_path / "secret", {"conv_nets.py": CODE})
    (folder / "bob").symlink_to(secret)
    (folder / "cem.py").symlink_to(secret / "conv_nets.py")
    (folder / "dan.zip").symlink_to(tmp_path / "nothing")
    roll = roll_of(folder)
    for student in ("bob", "cem", "dan"):
        assert by_student(roll)[student].path is None
        assert "symbolic link" in by_student(roll)[student].problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_a_row_and_does_not_block(tmp_path, roll_of, write_folder):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE})
    os.mkfifo(folder / "bob.py")
    assert "neither a file nor a folder" in by_student(roll_of(folder))["bob"].problem


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="there are no users to become here")
def test_what_may_not_be_read_is_a_row(write_folder):
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = write_folder(Path(place, "class"), {"ada.py": CODE, "bob.py": CODE, "cem/conv_nets.py": CODE})
        (folder / "bob.py").chmod(0)
        (folder / "cem").chmod(0)
        user = os.geteuid()
        os.seteuid(user or 65534)  # root may read everything
        try:
            roll = open_class(folder, staging=folder / "out", slug=SLUG)
        finally:
            os.seteuid(user)
            (folder / "cem").chmod(0o700)
    assert by_student(roll)["ada"].path is not None
    assert "cannot be read" in by_student(roll)["bob"].problem
    assert "cannot be read" in by_student(roll)["cem"].problem


def test_a_folder_in_which_the_only_work_is_an_archive_stands_for_the_archive(
    tmp_path, roll_of, submitted, write_folder, write_zip
):
    folder = write_folder(tmp_path / "class", {"ada/readme.txt": b"x", "bob/conv_nets.py": CODE})
    write_zip(folder / "ada" / "work.zip", {"conv_nets.py": CODE})
    write_zip(folder / "bob" / "data.zip", {"x.csv": b"1"})
    roll = roll_of(folder)
    assert by_student(roll)["ada"].path == folder / "ada" / "work.zip"
    assert by_student(roll)["bob"].path == folder / "bob"
    assert submitted(by_student(roll)["ada"]) == {"conv_nets.py": CODE}


def test_a_folder_with_nothing_in_it_is_no_class(tmp_path, roll_of, write_folder):
    for files in ({}, {"grades.csv": b"", ".DS_Store": b""}):
        with pytest.raises(IntakeError, match="nothing that can be a student's work; give a folder"):
            roll_of(write_folder(tmp_path / f"class{len(files)}", files))


def test_what_is_no_folder_and_no_archive_is_no_class(tmp_path, roll_of, write_folder):
    folder = write_folder(
        tmp_path / "files", {"ada.py": CODE, "empty.zip": b"", "bad.zip": b"PK\x03\x04" + b"x" * 50, "b.tar": b"x" * 600}
    )
    for name, reason in [
        ("ada.py", "one file"),
        ("empty.zip", "damaged"),
        ("bad.zip", "damaged"),
        ("b.tar", "damaged"),
        ("missing", "cannot be read"),
        ("nul\0", "cannot be read"),
    ]:
        with pytest.raises(IntakeError, match=reason):
            roll_of(folder / name)


def test_one_submission_given_as_a_class_is_pointed_out(tmp_path, roll_of, write_folder):
    roll = roll_of(write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "helpers.py": HELPERS}))
    assert "use `grade` instead of `batch`" in said(roll)


def test_the_folder_of_results_inside_the_class_is_no_student(tmp_path, write_folder):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE, "out/results.sqlite": b"x", "out/reports/ada/index.html": b"x"})
    roll = open_class(folder, staging=folder / "out" / "unpacked", slug=SLUG)
    assert students(roll) == ["ada"]


def test_the_path_may_be_a_link_to_the_class(tmp_path, roll_of, write_folder):
    folder = write_folder(tmp_path / "class", {"ada.py": CODE})
    (tmp_path / "link").symlink_to(folder)
    assert students(roll_of(tmp_path / "link")) == ["ada"]


# Archives of a class


def test_an_archive_is_unpacked_with_a_folder_for_each_student_and_inner_archives_stay_packed(
    tmp_path, roll_of, submitted, write_zip, write_tar
):
    inner = write_zip(tmp_path / "inner.zip", {"conv_nets.py": CODE}).read_bytes()
    files = {"ada.py": CODE, "bob/conv_nets.py": CODE, "bob/lib/helpers.py": HELPERS, "cem.zip": inner, "grades.csv": b"x"}
    for path in (
        write_zip(tmp_path / "c.zip", files),
        write_tar(tmp_path / "c.tar", files),
        write_tar(tmp_path / "c.tgz", files),
    ):
        roll = roll_of(path)
        unpacked = tmp_path / "out" / "unpacked"
        assert [entry.path for entry in roll.entries] == [
            unpacked / "ada" / "ada.py",
            unpacked / "bob",
            unpacked / "cem" / "cem.zip",
        ]
        assert submitted(by_student(roll)["bob"]) == {"conv_nets.py": CODE, "lib/helpers.py": HELPERS}
        assert submitted(by_student(roll)["cem"]) == {"conv_nets.py": CODE}
        assert "grades.csv" in said(roll)


def test_the_only_folder_in_an_archive_is_taken_for_the_class_and_this_is_said(tmp_path, roll_of, write_zip):
    roll = roll_of(write_zip(tmp_path / "c.zip", {"hw1/ada.py": CODE, "hw1/bob/x.py": CODE, "__MACOSX/hw1/._ada.py": b"x"}))
    assert students(roll) == ["ada", "bob"]
    assert "hw1 is the only folder in c.zip and was taken for the class" in said(roll)


def test_the_only_folder_in_an_archive_with_the_assignments_file_is_a_student(tmp_path, roll_of, write_zip):
    assert students(roll_of(write_zip(tmp_path / "c.zip", {"hw1/ada/conv_nets.py": CODE, "hw1/ada/helpers.py": HELPERS}))) == [
        "ada"
    ]


def test_caches_and_virtual_environments_are_not_unpacked(tmp_path, roll_of, write_zip):
    files = {
        "ada/conv_nets.py": CODE,
        "ada/__pycache__/a.pyc": b"",
        "ada/venv/pyvenv.cfg": b"",
        "ada/venv/lib/x.py": b"",
        "bob/.x/y.py": b"",
    }
    roll = roll_of(write_zip(tmp_path / "c.zip", files))
    folder = by_student(roll)["ada"].path
    assert [path.name for path in folder.rglob("*")] == ["conv_nets.py"]
    assert "empty" in by_student(roll)["bob"].problem or "no files" in by_student(roll)["bob"].problem


def test_a_zip_made_by_the_systems_own_tool_is_read(tmp_path, roll_of, submitted, write_folder):
    folder = write_folder(tmp_path / "klasse", {"Zoë Müller/conv_nets.py": CODE, "李雷.py": CODE, "bob.py": CODE})
    if sys.platform == "linux" and Path("/usr/bin/zip").exists():
        subprocess.run(["zip", "-qr", tmp_path / "c.zip", folder.name], cwd=tmp_path, check=True)
    else:
        with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(tmp_path))
    roll = roll_of(tmp_path / "c.zip")
    assert students(roll) == ["bob", "Zoë Müller", "李雷"]
    assert submitted(by_student(roll)["Zoë Müller"]) == {"conv_nets.py": CODE}


def test_a_zip_made_on_macos_gives_the_same_ids_as_the_folder(tmp_path, roll_of, write_zip, write_folder):
    name = unicodedata.normalize("NFD", "Zoë")  # as macOS stores it, and it writes UTF-8 without saying so
    path = write_zip(tmp_path / "c.zip", {"XXXXX/conv_nets.py": CODE, "bob.py": CODE, "__MACOSX/XXXXX/._conv_nets.py": b"x"})
    path.write_bytes(path.read_bytes().replace(b"XXXXX", name.encode()))
    assert students(roll_of(path)) == ["bob", "Zoë"]
    assert students(roll_of(write_folder(tmp_path / "class", {"Zoë/conv_nets.py": CODE, "bob.py": CODE}))) == ["bob", "Zoë"]


def test_hard_links_in_a_tar_are_files_again_also_across_students(tmp_path, roll_of, submitted, write_tar):
    again = tarfile.TarInfo("bob/conv_nets.py")
    again.type, again.linkname = tarfile.LNKTYPE, "ada/conv_nets.py"
    roll = roll_of(write_tar(tmp_path / "c.tar", {"ada/conv_nets.py": CODE, "bob/conv_nets.py": again}))
    assert submitted(by_student(roll)["bob"]) == {"conv_nets.py": CODE}


def test_the_folder_to_unpack_into_is_emptied_if_it_is_ours_and_nothing_else_is_touched(tmp_path, roll_of, write_zip):
    outside = tmp_path / "keep.txt"
    outside.write_bytes(b"x")
    roll_of(write_zip(tmp_path / "c.zip", {"ada.py": CODE, "bob.py": CODE}))
    unpacked = tmp_path / "out" / "unpacked"
    (unpacked / "link").symlink_to(outside)
    (unpacked / "folder").symlink_to(tmp_path)
    roll_of(write_zip(tmp_path / "c.zip", {"ada.py": CODE}))
    assert sorted(path.name for path in unpacked.iterdir()) == [".made-by-grader", "ada"]
    assert outside.read_bytes() == b"x"


def test_a_folder_that_is_not_ours_is_never_emptied(tmp_path, write_zip, write_folder):
    path = write_zip(tmp_path / "c.zip", {"ada.py": CODE})
    foreign = write_folder(tmp_path / "home", {"thesis.txt": b"x"})
    link = tmp_path / "link"
    link.symlink_to(foreign)
    file = tmp_path / "file"
    file.write_bytes(b"x")
    for staging, reason in [
        (foreign, "did not make"),
        (link, "is not a folder"),
        (file, "is not a folder"),
        (file / "x", "cannot be made"),
    ]:
        with pytest.raises(IntakeError, match=reason):
            open_class(path, staging=staging, slug=SLUG)
    assert (foreign / "thesis.txt").read_bytes() == b"x"


def test_a_class_inside_the_folder_that_is_emptied_is_refused(tmp_path, write_folder):
    folder = write_folder(tmp_path / "unpacked", {"ada.py": CODE})
    for path in (folder, write_folder(folder / "class", {"bob.py": CODE})):
        with pytest.raises(IntakeError, match="is emptied before"):
            open_class(path, staging=folder, slug=SLUG)


# Canvas


CANVAS = {
    "lovelaceada_LATE_101_55001_conv_nets-1.py": CODE,
    "lovelaceada_LATE_101_55002_helpers-2.py": HELPERS,
    "lovelaceada_LATE_101_55003_data-1.csv": b"1",
    "noetheremmy_102_55010_conv_nets.py": CODE,
    "noetheremmy_102_55011_helpers.py": HELPERS,
    "müllerzoë_103_55020_work.zip": b"",
    "müllerzoë_103_55021_plot.png": b"x",
    "hopper_104_text.html": b"<p>I could not upload it</p>",
    "turing_105_55030_my conv nets (final).py": CODE,
    "anon_x8F2a_55040_conv_nets.py": CODE,
    "LATE_anon_77777_55041_conv_nets.py": CODE,
}


@pytest.fixture
def canvas(tmp_path, write_folder, write_zip):
    """The same download of Canvas as a folder and as a zip."""
    files = CANVAS | {"müllerzoë_103_55020_work.zip": write_zip(tmp_path / "w.zip", {"conv_nets.py": CODE}).read_bytes()}
    return write_folder(tmp_path / "submissions", files), write_zip(tmp_path / "submissions.zip", files)


def test_the_files_of_a_student_in_canvas_come_together_under_their_own_names(canvas, roll_of, submitted):
    for path in canvas:
        roll = roll_of(path)
        assert roll.shape == "Canvas download"
        files = submitted(by_student(roll)["lovelaceada_101"])
        assert files == {"conv_nets.py": CODE, "helpers.py": HELPERS, "data-1.csv": b"1"}
        assert submitted(by_student(roll)["noetheremmy_102"]) == {"conv_nets.py": CODE, "helpers.py": HELPERS}


def test_canvas_tells_who_is_late_and_who_is_anonymous(canvas, roll_of):
    for path in canvas:
        roll = roll_of(path)
        assert [entry.student for entry in roll.entries if entry.late] == ["anon_77777", "lovelaceada_101"]
        assert by_student(roll)["lovelaceada_101"].name == "lovelaceada"
        assert by_student(roll)["anon_x8F2a"].name == ""


def test_a_single_file_from_canvas_stays_one_file_with_its_name(canvas, roll_of, submitted, tmp_path):
    for path in canvas:
        entry = by_student(roll_of(path))["turing_105"]
        assert entry.path == tmp_path / "out" / "unpacked" / "turing_105" / "my conv nets (final).py"
        assert entry.origin == "turing_105_55030_my conv nets (final).py"
        assert submitted(entry) == {"my conv nets (final).py": CODE}


def test_an_archive_beside_a_picture_in_canvas_is_what_is_opened(canvas, roll_of, submitted):
    for path in canvas:
        assert submitted(by_student(roll_of(path))["müllerzoë_103"]) == {"conv_nets.py": CODE}


def test_text_typed_into_canvas_is_a_row_that_says_so(canvas, roll_of):
    for path in canvas:
        entry = by_student(roll_of(path))["hopper_104"]
        assert entry.path is None
        assert "typed into Canvas" in entry.problem


def test_what_lies_between_the_files_of_canvas_is_a_student_and_is_pointed_out(canvas, roll_of, submitted, write_folder):
    folder, _ = canvas
    write_folder(folder, {"by_mail.py": CODE, "grades.csv": b"x"})
    roll = roll_of(folder)
    assert submitted(by_student(roll)["by_mail"]) == {"by_mail.py": CODE}
    assert "Without Canvas' form of name; each counts as a student: by_mail.py" in said(roll)


def test_a_download_of_canvas_inside_a_folder_is_recognised(canvas, roll_of, tmp_path):
    folder, _ = canvas
    folder.rename(tmp_path / "inner")
    (tmp_path / "outer").mkdir()
    (tmp_path / "inner").rename(tmp_path / "outer" / "submissions")
    assert roll_of(tmp_path / "outer").shape == "Canvas download"


def test_numbers_in_plain_names_are_not_taken_for_canvas(tmp_path, roll_of, write_folder):
    same_file = roll_of(write_folder(tmp_path / "a", {"hw_2026_101_ada.py": CODE, "hw_2026_101_bob.py": CODE}))
    assert students(same_file) == ["hw_2026_101_ada", "hw_2026_101_bob"]
    same_user = roll_of(write_folder(tmp_path / "b", {"ada_1_500_x.py": CODE, "bob_1_501_x.py": CODE}))
    assert students(same_user) == ["ada_1_500_x", "bob_1_501_x"]


def test_a_file_name_of_a_student_does_not_turn_a_download_of_canvas_into_another(tmp_path, roll_of, write_folder):
    spoofs = {
        "ada_101_55001_x_assignsubmission_file_conv_nets.py": CODE,
        "bob_102_55002_x_attempt_2026-01-31-23-59-00_conv_nets.py": CODE,
        "cem_103_55003_conv_nets.py": CODE,
        "dan_104_55004_submission_metadata.yml": b"x:\n  :created_at: 2026-01-01 00:00:00 Z\n",
        "eve_105_55005_conv_nets.py": CODE,
    }
    roll = roll_of(write_folder(tmp_path / "c", spoofs))
    assert roll.shape == "Canvas download"
    assert students(roll) == ["ada_101", "bob_102", "cem_103", "dan_104", "eve_105"]


# Moodle


@pytest.mark.parametrize("ending", ["", "_"])
def test_the_folders_of_moodle_are_students_named_as_people(tmp_path, roll_of, submitted, write_zip, write_folder, ending):
    inner = write_zip(tmp_path / "inner.zip", {"conv_nets.py": CODE}).read_bytes()
    files = {
        f"Ada Lovelace_1234_assignsubmission_file{ending}/conv_nets.py": CODE,
        f"Ada Lovelace_1234_assignsubmission_file{ending}/lib/helpers.py": HELPERS,
        f"Ada Lovelace_1234_assignsubmission_onlinetext{ending}/onlinetext.html": b"<p>",
        f"Zoë O'Hara_1235_assignsubmission_file{ending}/work.zip": inner,
        f"Emmy Noether_1236_assignsubmission_onlinetext{ending}/onlinetext.html": b"<p>",
        f"Default group_assignsubmission_file{ending}/conv_nets.py": CODE,
    }
    for path in (write_zip(tmp_path / "m.zip", files), write_folder(tmp_path / "m", files)):
        roll = roll_of(path)
        assert roll.shape == "Moodle download"
        assert students(roll) == ["Ada Lovelace_1234", "Default group", "Emmy Noether_1236", "Zoë O'Hara_1235"]
        ada = by_student(roll)["Ada Lovelace_1234"]
        assert ada.name == "Ada Lovelace"
        assert submitted(ada) == {"conv_nets.py": CODE, "lib/helpers.py": HELPERS}
        assert submitted(by_student(roll)["Zoë O'Hara_1235"]) == {"conv_nets.py": CODE}
        assert "typed into Moodle" in by_student(roll)["Emmy Noether_1236"].problem
        assert "Left out beside the uploaded files: Ada Lovelace_1234_assignsubmission_onlinetext" in said(roll)


def test_the_flat_download_of_moodle_brings_files_together_under_their_own_names(
    tmp_path, roll_of, submitted, write_zip, write_folder
):
    files = {
        "Ada Lovelace_1234_assignsubmission_file_conv_nets.py": CODE,
        "Ada Lovelace_1234_assignsubmission_file_helpers.py": HELPERS,
        "Ada Lovelace_1234_assignsubmission_onlinetext_onlinetext.html": b"<p>",
        "Participant_77_assignsubmission_file_my_conv_nets.py": CODE,
    }
    for path in (write_zip(tmp_path / "m.zip", files), write_folder(tmp_path / "m", files)):
        roll = roll_of(path)
        assert roll.shape == "Moodle download"
        assert submitted(by_student(roll)["Ada Lovelace_1234"]) == {"conv_nets.py": CODE, "helpers.py": HELPERS}
        assert by_student(roll)["Participant_77"].path.name == "my_conv_nets.py"


# nbgrader


NBGRADER = {
    "submitted/ada/conv_nets/conv_nets.py": CODE,
    "submitted/ada/conv_nets/helpers.py": HELPERS,
    "submitted/ada/conv_nets/timestamp.txt": b"2026-01-31 22:59:00.123456 UTC\n",
    "submitted/ada/intro/intro.py": CODE,
    "submitted/bob/conv_nets/conv_nets.py": CODE,
    "submitted/bob/conv_nets/timestamp.txt": b"2026-01-31 23:59:00.5 PST",
    "submitted/cem/intro/intro.py": CODE,
    "submitted/cem/intro/timestamp.txt": b"now",
    "submitted/dan/conv_nets/timestamp.txt": b"2026-01-31 23:59:00 UTC",
}
COURSE = {
    "source/conv_nets/conv_nets.py": CODE,
    "release/conv_nets/conv_nets.py": CODE,
    "autograded/ada/conv_nets/conv_nets.py": CODE,
    "feedback/ada/conv_nets/conv_nets.html": b"",
    "gradebook.db": b"",
    "nbgrader_config.py": b"",
}


def test_nbgraders_course_is_its_submitted_folder_for_the_assignment_of_this_name(
    tmp_path, roll_of, submitted, write_zip, write_folder
):
    files = NBGRADER | COURSE
    folder = write_folder(tmp_path / "course", files)
    inner = {name.removeprefix("submitted/"): content for name, content in NBGRADER.items()}
    for path in (
        folder,
        folder / "submitted",
        write_zip(tmp_path / "course.zip", files),
        write_zip(tmp_path / "below.zip", {f"course/{name}": content for name, content in files.items()}),
        write_zip(tmp_path / "submitted.zip", NBGRADER),
        write_zip(tmp_path / "inner.zip", inner),
    ):
        roll = roll_of(path)
        assert roll.shape == "nbgrader submitted/", path
        assert students(roll) == ["ada", "bob", "dan"]
        assert submitted(by_student(roll)["ada"]).keys() == {"conv_nets.py", "helpers.py", "timestamp.txt"}
        assert by_student(roll)["ada"].handed_in == "2026-01-31T22:59:00.123456+00:00"
        assert by_student(roll)["bob"].handed_in == "2026-01-31T23:59:00.500000"
        assert "empty" in by_student(roll)["dan"].problem or "no files" in by_student(roll)["dan"].problem
        assert "Handed in nothing for conv_nets: cem" in said(roll)


def test_nbgraders_only_assignment_is_taken_whatever_its_name(tmp_path, roll_of, write_folder):
    files = {f"submitted/{student}/ps1/{name}": b"x" for student in ("ada", "bob") for name in ("ps1.py", "timestamp.txt")}
    assert students(roll_of(write_folder(tmp_path / "one", files))) == ["ada", "bob"]
    alike = {name.replace("ps1/", "Conv-Nets/"): content for name, content in files.items()} | {"submitted/ada/other/x.py": b""}
    assert by_student(roll_of(write_folder(tmp_path / "two", alike)))["ada"].origin == "submitted/ada/Conv-Nets"


def test_of_several_assignments_of_nbgrader_none_is_guessed(tmp_path, roll_of, write_folder):
    files = {f"submitted/ada/{name}/timestamp.txt": b"" for name in ("ps1", "ps2")}
    with pytest.raises(IntakeError, match=r"2 assignments \(ps1, ps2\) and none is called conv_nets; rename"):
        roll_of(write_folder(tmp_path / "course", files))


def test_a_students_own_folder_with_a_timestamp_does_not_make_the_class_nbgraders(tmp_path, roll_of, write_folder):
    files = {
        "ada/conv_nets/timestamp.txt": b"x",
        "ada/conv_nets/conv_nets.py": CODE,
        "bob/conv_nets.py": CODE,
        "cem/conv_nets.py": CODE,
    }
    roll = roll_of(write_folder(tmp_path / "class", files))
    assert roll.shape == "one entry for each student"
    assert students(roll) == ["ada", "bob", "cem"]


def test_work_outside_of_nbgraders_layout_is_not_lost(tmp_path, roll_of, submitted, write_folder):
    files = NBGRADER | COURSE | {"submitted/eve/conv_nets.py": CODE, "submitted/fay.py": CODE}
    roll = roll_of(write_folder(tmp_path / "course", files))
    assert submitted(by_student(roll)["eve"]) == {"conv_nets.py": CODE}
    assert submitted(by_student(roll)["fay"]) == {"fay.py": CODE}


# Blackboard


BLACKBOARD = {
    "Conv_Nets 1_ada_attempt_2026-01-30-10-00-00.txt": b"Name: Ada Lovelace (ada)\nAssignment: Conv_Nets 1\n",
    "Conv_Nets 1_ada_attempt_2026-01-30-10-00-00_conv_nets.py": b"",
    "Conv_Nets 1_ada_attempt_2026-01-31-09-00-00.txt": b"Name: Ada Lovelace (ada)\nAssignment: Conv_Nets 1\n",
    "Conv_Nets 1_ada_attempt_2026-01-31-09-00-00_conv_nets.py": CODE,
    "Conv_Nets 1_ada_attempt_2026-01-31-09-00-00_helpers.py": HELPERS,
    "Conv_Nets 1_e_noether_attempt_2026-01-31-09-00-00.txt": b"\xef\xbb\xbfName: Emmy Noether (e_noether)\r\n",
    "Conv_Nets 1_e_noether_attempt_2026-01-31-09-00-00_conv_nets.py": CODE,
    "Conv_Nets 1_a_noether_attempt_2026-01-31-09-00-00_conv_nets.py": CODE,
    "Conv_Nets 1_01560658_attempt_2026-01-31-09-00-00.txt": b"Name: Eve (ada)\n",
}


def test_blackboard_has_all_attempts_of_a_student_in_order_with_their_times(
    tmp_path, roll_of, submitted, write_zip, write_folder
):
    for path in (write_zip(tmp_path / "b.zip", BLACKBOARD), write_folder(tmp_path / "b", BLACKBOARD)):
        roll = roll_of(path)
        assert roll.shape == "Blackboard download"
        first, last = [entry for entry in roll.entries if entry.student == "ada"]
        assert (first.attempt, last.attempt, first.attempts) == (1, 2, 2)
        assert (first.id, last.id) == ("ada~1", "ada~2")
        assert (first.name, last.handed_in) == ("Ada Lovelace", "2026-01-31T09:00:00")
        assert submitted(last) == {"conv_nets.py": CODE, "helpers.py": HELPERS}


def test_blackboards_text_tells_the_user_as_far_as_the_file_names_agree(tmp_path, roll_of, write_folder):
    roll = roll_of(write_folder(tmp_path / "b", BLACKBOARD))
    assert set(students(roll)) == {"01560658", "ada", "e_noether", "noether"}
    assert "typed into Blackboard" in by_student(roll)["01560658"].problem


def test_two_users_of_blackboard_that_end_alike_are_two_students(tmp_path, roll_of, write_folder):
    files = {f"HW_{user}_attempt_2026-01-31-09-00-00_conv_nets.py": CODE for user in ("a_noether", "e_noether")}
    assert len(set(students(roll_of(write_folder(tmp_path / "b", files))))) == 2
