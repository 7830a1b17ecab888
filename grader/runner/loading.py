"""Puts a submission's files in place and runs its main file once."""

from __future__ import annotations

import os
import sys
import types
from dataclasses import dataclass, field
from typing import Any

from grader.runner.adapting import adapt
from grader.runner.describing import Origin, describe_exception


@dataclass(slots=True)
class Loaded:
    """A submission that has run: its global namespace and what happened on the way."""

    origin: Origin
    namespace: dict[str, Any]
    incidents: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def place_files(files: list[tuple[str, bytes]], folder: str) -> None:
    """Write the submission's files below the folder, enter it, and let its modules be imported."""
    for path, content in files:
        target = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
    os.chdir(folder)
    sys.path.insert(0, folder)


def load_module(main: str, folder: str) -> Loaded:
    """Run a .py file as a module of its own name; names defined before an exception count."""
    path = os.path.join(folder, main)
    name = os.path.splitext(main)[0]
    module = types.ModuleType(name)
    module.__file__ = path
    loaded = Loaded(origin=Origin(folder, module.__dict__), namespace=module.__dict__)
    adapted = adapt(folder)
    adapted.own.namespace = module.__dict__
    sys.modules.setdefault(name, module)  # a helper may import it back; a file named torch.py replaces nothing
    try:
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:  # noqa: BLE001  # SystemExit too: what was defined before it counts
        loaded.incidents.append({"where": main, **describe_exception(error, loaded.origin)})
    loaded.notes += adapted.notes.sentences
    return loaded
