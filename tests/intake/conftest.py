"""Builds hand-ins of every kind: what the tests of intake share."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.errors import IntakeError
from grader.intake.opening import open_submission
from grader.model import Submission

SLUG = "conv_nets"
NAMES = ("conv2d", "sgd_step", "SimpleCNN")


@pytest.fixture(scope="session")
def opened() -> Callable[[Path], Submission]:
    """Open a path as a submission to an assignment that asks for three names."""
    return lambda path: open_submission(path, slug=SLUG, names=NAMES)


@pytest.fixture(scope="session")
def refusal(opened: Callable[[Path], Submission]) -> Callable[[Path], str]:
    """Open a path that cannot be opened and return what the student is told."""

    def message(path: Path) -> str:
        with pytest.raises(IntakeError) as caught:
            opened(path)
        return str(caught.value)

    return message


@pytest.fixture(scope="session")
def notebook() -> Callable[..., bytes]:
    """Make a notebook in nbformat 4.5 with these sources as code cells."""

    def build(*sources: str, **fields: Any) -> bytes:
        cells = [
            {
                "cell_type": "code",
                "id": f"c{i}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for i, source in enumerate(sources)
        ]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | fields).encode()

    return build


@pytest.fixture(scope="session")
def write_folder() -> Callable[[Path, Mapping[str, bytes]], Path]:
    """Write files into a folder."""

    def write(folder: Path, files: Mapping[str, bytes]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    return write


@pytest.fixture(scope="session")
def write_zip() -> Callable[[Path, Mapping[str, bytes]], Path]:
    """Pack files into a zip, names exactly as given."""

    def write(path: Path, files: Mapping[str, bytes]) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return path

    return write


@pytest.fixture(scope="session")
def write_tar() -> Callable[..., Path]:
    """Pack files, or entries of any other type, into a tar; gzipped unless the name ends in .tar."""

    def write(path: Path, files: Mapping[str, bytes | tarfile.TarInfo], pax: bool = True) -> Path:
        tar_format = tarfile.PAX_FORMAT if pax else tarfile.GNU_FORMAT
        with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz", format=tar_format) as archive:
            for name, content in files.items():
                if isinstance(content, tarfile.TarInfo):
                    archive.addfile(content)
                    continue
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return path

    return write
