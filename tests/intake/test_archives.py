"""Archives: what they may hold, and what hostile ones do not achieve."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile

import pytest

from grader.intake import tars

CODE = b"def conv2d(x, w):\n    return x\n"


def contents(submission):
    return {file.path: file.content for file in submission.files}


def tar_entry(name, kind, link=""):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


UNSAFE = [
    ("../evil.py", "'..'"),
    ("a/../../evil.py", "'..'"),
    ("..\\evil.py", "'..'"),
    ("/etc/evil.py", "absolute"),
    ("\\evil.py", "absolute"),
    ("C:\\evil.py", "drive letter"),
    ("c:evil.py", "drive letter"),
]


@pytest.mark.parametrize(("name", "problem"), UNSAFE)
def test_a_zip_with_a_name_that_leads_outside_is_refused(tmp_path, refusal, write_zip, name, problem):
    assert problem in refusal(write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE, name: b""}))


@pytest.mark.parametrize(("name", "problem"), UNSAFE)
def test_a_tar_with_a_name_that_leads_outside_is_refused(tmp_path, refusal, write_tar, name, problem):
    assert problem in refusal(write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, name: b""}))


def test_a_zip_with_a_nul_in_a_name_is_refused(tmp_path, refusal, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.pyXevil": CODE})
    path.write_bytes(path.read_bytes().replace(b"pyXevil", b"py\0evil"))
    assert "NUL" in refusal(path)


def test_a_tar_with_a_nul_in_a_long_name_is_refused(tmp_path, refusal, write_tar):
    entry = tarfile.TarInfo("conv_nets.py")
    entry.pax_headers = {"path": "conv_nets.py\0evil"}
    assert "NUL" in refusal(write_tar(tmp_path / "ada.tar.gz", {"": entry}))


def test_a_name_longer_than_any_file_system_takes_is_refused(tmp_path, refusal, write_tar):
    files = {"conv_nets.py": CODE, ".git/" + "a/" * 250_000: b""}
    assert "500,005 characters" in refusal(write_tar(tmp_path / "ada.tar.gz", files))


def test_a_zip_made_on_windows_has_folders(tmp_path, opened, write_zip):
    files = {"hw\\": b"", "hw\\conv_nets.py": CODE, "hw\\data\\a.csv": b"1"}
    assert set(contents(opened(write_zip(tmp_path / "ada.zip", files)))) == {"conv_nets.py", "data/a.csv"}


def test_a_zip_made_on_macos_has_readable_names(tmp_path, opened, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE, "ubung__": b"1"})
    path.write_bytes(path.read_bytes().replace(b"ubung__", "übung_".encode()))
    assert set(contents(opened(path))) == {"conv_nets.py", "übung_"}


def test_a_name_in_an_old_code_page_stays_what_it_is(tmp_path, opened, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE, "ubung": b"1"})
    path.write_bytes(path.read_bytes().replace(b"ubung", "übung".encode("cp437")))
    assert set(contents(opened(path))) == {"conv_nets.py", "übung"}


def test_links_in_a_zip_are_left_out_and_noted(tmp_path, opened, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("key.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    submission = opened(path)
    assert contents(submission) == {"conv_nets.py": CODE}
    assert submission.repairs == ("Links are not followed; left out: key.txt.",)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd", "conv_nets.py"])
def test_links_in_a_tar_are_left_out_and_noted(tmp_path, opened, write_tar, target):
    link = tar_entry("key.txt", tarfile.SYMTYPE, target)
    submission = opened(write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, "key.txt": link}))
    assert contents(submission) == {"conv_nets.py": CODE}
    assert submission.repairs == ("Links are not followed; left out: key.txt.",)


def test_a_second_name_for_a_packed_file_is_kept(tmp_path, opened, write_tar):
    files = {"./data.csv": b"1", "conv_nets.py": tar_entry("conv_nets.py", tarfile.LNKTYPE, "./real.py")}
    submission = opened(write_tar(tmp_path / "ada.tar.gz", {"./real.py": CODE, **files}))
    assert contents(submission) == {"conv_nets.py": CODE, "data.csv": b"1", "real.py": CODE}


def test_a_second_name_for_a_file_outside_is_left_out(tmp_path, opened, write_tar):
    link = tar_entry("key.txt", tarfile.LNKTYPE, "/etc/passwd")
    submission = opened(write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, "key.txt": link}))
    assert contents(submission) == {"conv_nets.py": CODE}


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"M"])
def test_a_tar_with_a_device_is_refused(tmp_path, refusal, write_tar, kind):
    files = {"conv_nets.py": CODE, "null": tar_entry("null", kind)}
    assert "neither file nor folder" in refusal(write_tar(tmp_path / "ada.tar.gz", files))


def test_a_zip_with_a_device_is_refused(tmp_path, refusal, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE})
    with zipfile.ZipFile(path, "a") as archive:
        device = zipfile.ZipInfo("null")
        device.external_attr = (stat.S_IFCHR | 0o666) << 16
        archive.writestr(device, "")
    assert "neither file nor folder" in refusal(path)


def test_an_encrypted_zip_is_refused_and_named_so(tmp_path, refusal, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[data.index(b"PK\x03\x04") + 6] |= 1
    path.write_bytes(data)
    assert "password" in refusal(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_a_method_that_unpacks_without_measure_is_refused(tmp_path, refusal, method):
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", method) as archive:
        archive.writestr("conv_nets.py", CODE)
    assert "deflate" in refusal(tmp_path / "ada.zip")


def test_the_last_of_two_files_with_one_name_is_kept(tmp_path, opened, write_zip):
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": b"old"})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("conv_nets.py", CODE)
    submission = opened(path)
    assert contents(submission) == {"conv_nets.py": CODE}
    assert "the last of each was kept: conv_nets.py" in submission.repairs[0]


def test_a_file_that_is_also_a_folder_is_left_out(tmp_path, opened, write_zip):
    submission = opened(write_zip(tmp_path / "ada.zip", {"conv_nets.py": CODE, "a": b"1", "a/b": b"2"}))
    assert set(contents(submission)) == {"conv_nets.py", "a/b"}
    assert "both a file and a folder" in submission.repairs[0]


def test_a_virtual_environment_in_an_archive_is_ignored_wherever_its_mark_stands(tmp_path, opened, write_tar):
    files = {"env/lib/a.py": b"1", "env/bin/python": tar_entry("env/bin/python", tarfile.SYMTYPE, "/usr/bin/python")}
    submission = opened(write_tar(tmp_path / "ada.tar.gz", {**files, "conv_nets.py": CODE, "env/pyvenv.cfg": b""}))
    assert contents(submission) == {"conv_nets.py": CODE}
    assert submission.repairs == ()


@pytest.mark.parametrize("pax", [True, False])
def test_long_and_foreign_names_in_a_tar_are_read_in_both_formats(tmp_path, opened, write_tar, pax):
    name = "ordner/" * 20 + "größe.csv"
    submission = opened(write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, name: b"1"}, pax=pax))
    assert contents(submission) == {"conv_nets.py": CODE, name: b"1"}


def test_a_sparse_file_in_a_tar_is_refused(tmp_path, refusal, write_tar):
    sparse = tarfile.TarInfo("data")
    sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    assert "sparse" in refusal(write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, "data": sparse}))


def test_a_gzip_that_the_browser_has_unpacked_is_still_a_tar(tmp_path, opened, write_tar):
    write_tar(tmp_path / "ada.tar", {"conv_nets.py": CODE}).rename(tmp_path / "ada.tar.gz")
    assert contents(opened(tmp_path / "ada.tar.gz")) == {"conv_nets.py": CODE}


def test_a_zip_with_the_name_of_a_tar_is_opened(tmp_path, opened, write_zip):
    assert contents(opened(write_zip(tmp_path / "ada.tgz", {"conv_nets.py": CODE}))) == {"conv_nets.py": CODE}


@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz", "ada.tar"])
@pytest.mark.parametrize("content", [b"", b"Rar!\x1a\x07\x01\x00" + b"x" * 600, b"<html></html>", b"PK", b"\x1f\x8b"])
def test_what_is_no_archive_is_refused(tmp_path, refusal, name, content):
    (tmp_path / name).write_bytes(content)
    assert "pack" in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz", "ada.tar"])
def test_an_archive_that_was_cut_off_is_refused(tmp_path, refusal, write_zip, write_tar, name):
    write = write_zip if name.endswith("zip") else write_tar
    path = write(tmp_path / name, {"conv_nets.py": CODE, "noise": bytes(range(256)) * 100})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz"])
def test_a_wrong_checksum_is_noticed(tmp_path, refusal, name):
    stored = io.BytesIO()
    if name.endswith("zip"):
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr("conv_nets.py", CODE)
        data = stored.getvalue()
    else:
        with tarfile.open(fileobj=stored, mode="w") as archive:
            archive.addfile(tar_entry("conv_nets.py", tarfile.REGTYPE))
        data = bytearray(gzip.compress(stored.getvalue()))
        data[-8] ^= 1
    (tmp_path / name).write_bytes(data.replace(b"conv2d", b"conv3d", 1))
    assert "CRC" in refusal(tmp_path / name)


def zeros_in_zip(path, size_bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conv_nets.py", CODE)
        with archive.open("data.bin", "w") as stream:
            for _ in range(size_bytes // 10**6):
                stream.write(bytes(10**6))
    return path


def test_a_zip_bomb_is_stopped_by_its_ratio(tmp_path, refusal):
    path = zeros_in_zip(tmp_path / "ada.zip", 30 * 10**6)
    assert path.stat().st_size < 50_000
    assert "200 times as many are allowed" in refusal(path)


def test_a_zip_bomb_that_lies_about_its_size_is_stopped(tmp_path, refusal):
    path = zeros_in_zip(tmp_path / "ada.zip", 30 * 10**6)
    honest, lie = struct.pack("<L", 30 * 10**6), struct.pack("<L", 10)
    data = path.read_bytes()
    assert data.count(honest) == 2
    path.write_bytes(data.replace(honest, lie))
    assert "damaged" in refusal(path)  # what is read ends after ten bytes and has another checksum


def test_a_tar_bomb_is_stopped_by_its_ratio(tmp_path, refusal, write_tar):
    path = write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, "data.bin": bytes(30 * 10**6)})
    assert "200 times as many are allowed" in refusal(path)


def test_a_file_above_the_limit_is_refused(tmp_path, refusal, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE, "model.pt": b""})
    with (folder / "model.pt").open("wb") as stream:
        stream.truncate(50 * 10**6 + 1)  # a hole: nothing is written to disk
    assert "model.pt in ada is larger than the limit of 50 MB" in refusal(folder)


def test_files_above_the_limit_together_are_refused(tmp_path, refusal, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": CODE, **{f"{i}.bin": b"" for i in range(5)}})
    for number in range(5):
        with (folder / f"{number}.bin").open("wb") as stream:
            stream.truncate(45 * 10**6)
    assert "together larger than the limit of 200 MB" in refusal(folder)


def test_too_many_files_are_refused(tmp_path, refusal, write_zip):
    files = {f"{number}.txt": b"" for number in range(2_001)}
    assert "more than 2,000 files" in refusal(write_zip(tmp_path / "ada.zip", files))


def tar_header(name=b"conv_nets.py", size=b"0", kind=b"0", magic=b"ustar\x0000"):
    fields = (name.ljust(100, b"\0"), b"0000644\0" * 3, size.rjust(11, b"0") + b"\0", b"0" * 11 + b"\0", b" " * 8, kind)
    block = (b"".join(fields) + bytes(100) + magic).ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def written_tar(path, *blocks):
    path.write_bytes(b"".join(blocks) + bytes(1024))
    return path


def test_too_many_headers_are_refused_even_when_they_describe_nothing(tmp_path, refusal):
    path = tmp_path / "ada.tar.gz"
    path.write_bytes(gzip.compress(tar_header(kind=b"g") * 50_001, 1))
    assert "more than 50,000" in refusal(path)


def test_ignored_files_do_not_unpack_without_end(tmp_path, refusal, monkeypatch, write_tar):
    monkeypatch.setattr(tars, "MAX_STREAM_BYTES", 10**6)
    path = write_tar(tmp_path / "ada.tar.gz", {"conv_nets.py": CODE, ".git/objects": bytes(2 * 10**6)})
    assert "ignored files included" in refusal(path)


@pytest.mark.parametrize(
    "record",
    [b"0 path=x\n", b"999999 path=x\n", b"-5 path=x\n", b"path=x\n", b"12 path=xxxxx", b"11 size=-1\n", b"10 size=\n"],
)
def test_a_malformed_extended_header_is_refused(tmp_path, refusal, record):
    header = tar_header(b"pax", b"%o" % len(record), b"x")
    path = written_tar(tmp_path / "ada.tar", header, record.ljust(512, b"\0"), tar_header())
    assert "extended header" in refusal(path)


def test_a_header_that_claims_gigabytes_is_refused(tmp_path, refusal):
    path = written_tar(tmp_path / "ada.tar", tar_header(b"pax", b"77777777777", b"x"))
    assert "a header claims 8,589,934,591 bytes" in refusal(path)


def test_a_negative_size_is_refused(tmp_path, refusal):
    assert "not a number" in refusal(written_tar(tmp_path / "ada.tar", tar_header(size=b"-0000000777")))


def test_a_file_that_claims_more_than_there_is_is_refused(tmp_path, refusal):
    path = written_tar(tmp_path / "ada.tar", tar_header(size=b"77777777"))
    assert "ends in the middle of a file" in refusal(path)


def test_a_zip_whose_list_of_entries_is_larger_than_needed_is_refused(tmp_path, refusal):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 9 * 2**20, 0, 0)
    (tmp_path / "ada.zip").write_bytes(b"PK\x03\x04" + bytes(9 * 2**20) + end)
    assert "a list of entries of 9,437,184 bytes" in refusal(tmp_path / "ada.zip")
