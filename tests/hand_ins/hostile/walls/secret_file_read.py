# attack: Reads a file of the judge that everybody may read, by every way to open one.
# hurts: Shows what the judge keeps in it.
# ends: returns
from _raw import ways_to_read


def attack(target):
    return ways_to_read(target["secret_file"], commands=True)
