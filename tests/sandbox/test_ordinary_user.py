"""As an ordinary user, too: where the tests run as root, levels, limits and attacks are tried once more without its rights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
USER = "65533"
TESTED = ("test_levels.py", "test_limits.py", "test_attacks.py")


def view_with_open_interpreter() -> list[str]:
    """Return a command in whose view of the files the folders above interpreter and checkout let every user through."""
    command = ["bwrap", "--dev-bind", "/", "/"]
    hidden = [path for path in (Path(sys.base_prefix), Path(sys.prefix), ROOT) if path.parts[1] == "root"]
    if hidden:
        command += ["--perms", "0755", "--tmpfs", "/root"]
        for parent in sorted(
            {parent for path in hidden for parent in path.parents} - set(Path("/root").parents) - {Path("/root")}
        ):
            command += ["--perms", "0755", "--dir", str(parent)]
    return command + [word for path in hidden for word in ("--bind", str(path), str(path))]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="the other tests have just done it")
@pytest.mark.skipif(not shutil.which("bwrap") or not shutil.which("setpriv"), reason="needs bubblewrap and setpriv")
@pytest.mark.parametrize("name", TESTED)
def test_the_walls_hold_when_an_ordinary_user_puts_them_up(name, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    os.chown(home, int(USER), int(USER))
    for folder in home.parents:
        if folder.stat().st_mode & 0o777 == 0o700:  # made by pytest for its own user
            folder.chmod(0o755)
    command = [
        *view_with_open_interpreter(),
        *("--", "setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"),
        *(sys.executable, "-m", "pytest", f"tests/sandbox/{name}", "-q", "-p", "no:cacheprovider", f"--basetemp={home}/t"),
        *("-m", "not gpu", "-k", "not no_walls"),  # every level; that attacks succeed without walls has been seen
    ]
    environment = {**os.environ, "HOME": str(home), "USER": "student", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
