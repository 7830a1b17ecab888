"""Stands in for `google.colab`, which exists on Google's machines alone."""

from __future__ import annotations

import os
import types
from collections.abc import Callable, Mapping
from typing import Any

from grader.runner.inert import Inert, InertModule
from grader.runner.noting import Notes

_DRIVES = ("MyDrive", "Shareddrives")


class SecretNotFoundError(Exception):
    """No secret is kept where submissions are graded."""


def colab_module(name: str, notes: Notes) -> types.ModuleType:
    """Return `google.colab` or a module below it; what is not known there does nothing."""
    notes.add("`google.colab` was replaced by a stand-in: Drive is an empty folder, no file is uploaded, no secret is known.")
    if name == "google.colab":
        return _filled(types.ModuleType(name), {full.rpartition(".")[2]: _known(full) for full in _NAMES})
    return _known(name) if name in _NAMES else InertModule(name)


def _known(name: str) -> types.ModuleType:
    return _filled(types.ModuleType(name), _NAMES[name]())


def _filled(module: types.ModuleType, names: Mapping[str, object]) -> types.ModuleType:
    for name, value in names.items():
        setattr(module, name, value)
    return module


def _drive() -> dict[str, Any]:
    def mount(mountpoint: str, *_: object, **__: object) -> None:
        for drive in _DRIVES:
            os.makedirs(os.path.join(mountpoint, drive), exist_ok=True)
        print(f"Mounted at {mountpoint}")  # noqa: T201  # as Colab does

    return {"mount": mount, "flush_and_unmount": Inert()}


def _files() -> dict[str, Any]:
    def upload(*_: object, **__: object) -> dict[str, bytes]:
        return {}

    return {"upload": upload, "upload_file": Inert(), "download": Inert(), "view": Inert()}


def _userdata() -> dict[str, Any]:
    def get(key: str) -> str:
        raise SecretNotFoundError(f"Secret {key} does not exist: no secrets are kept where submissions are graded.")

    return {"get": get, "SecretNotFoundError": SecretNotFoundError, "NotebookAccessError": SecretNotFoundError}


def _patches() -> dict[str, Any]:
    return {"cv2_imshow": Inert(), "cv_imshow": Inert()}


_NAMES: dict[str, Callable[[], dict[str, Any]]] = {
    "google.colab.drive": _drive,
    "google.colab.files": _files,
    "google.colab.userdata": _userdata,
    "google.colab.patches": _patches,
}
