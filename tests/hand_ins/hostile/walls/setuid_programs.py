# attack: Runs programs that give rights away: su, mount, sudo, a setuid program of root, a copy that it marks itself.
# hurts: Becomes root.
# never: uid=0|euid=0|mounted
# ends: returns
import contextlib
import os
import shutil

from _raw import attempt, call, output_of

COMMANDS = (
    ("su", "-c", "id"),
    ("sudo", "-n", "id"),
    ("pkexec", "id"),
    ("newgrp", "root"),
    ("newuidmap", "1", "0", "0", "1"),
    ("mount", "-t", "tmpfs", "none", "place"),
    ("bwrap", "--dev-bind", "/", "/", "id"),
    ("unshare", "-Ur", "id"),
)


def attack(target):
    os.mkdir("place")
    tried = [attempt(command[0], output_of, *command) for command in COMMANDS if shutil.which(command[0])]
    tried += [attempt("placed", output_of, target["setuid_program"]), attempt("own copy", own_copy)]
    tried.append("mounted" if os.path.ismount("place") else "no mount")
    call("umount2", "place", 2)
    return [*tried, f"{os.getresuid()}"]


def own_copy():
    shutil.copy(shutil.which("id"), "mine")
    with contextlib.suppress(OSError):
        os.chown("mine", 0, 0)
    os.chmod("mine", 0o6755)
    return output_of("./mine")
