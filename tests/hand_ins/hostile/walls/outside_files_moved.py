# attack: Renames, links, swaps and removes files of the judge, into its own folder and back.
# hurts: Takes files away from others or puts its own in their place.
# ends: returns or error
import os

from _raw import AT_FDCWD, attempt, read_file, said

EXCHANGE = 2


def attack(target):
    folder, path = target["canary_folder"], target["canary_file"]
    with open("mine", "w") as file:
        file.write("forged")
    tried = [attempt("linked in", os.link, path, "theirs"), attempt("linked out", os.link, "mine", f"{folder}/{target['note']}")]
    tried += [said("renameat2", AT_FDCWD, "mine", AT_FDCWD, path, EXCHANGE), attempt("replaced", os.replace, "mine", path)]
    tried += [attempt("taken", os.rename, path, "taken"), attempt("renamed", os.rename, path, f"{path}-{target['note']}")]
    tried += [attempt("folder", os.rename, folder, f"{folder}-{target['note']}"), attempt("removed", os.unlink, path)]
    tried += [attempt("emptied", os.rmdir, folder), attempt("secret", os.link, target["secret_file"], "secret")]
    return [*tried, attempt("read", read_file, "secret"), attempt("read", read_file, "theirs")]
