"""Changes JSON trees at random: what the mutators of the wire and of notebooks share."""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

_MAX_REPEATS = 300


class TreeMutator:
    """Changes a tree in place of its bytes, so that what comes out still gets past the parser."""

    def __init__(
        self,
        atoms: Sequence[object],
        build: Callable[[Random], object],
        shells: Sequence[Callable[[object], object]],
        kinds: Sequence[str] = (),
    ):
        """`atoms` are leaves worth trying, `build` makes a part, `shells` put one into another, `kinds` head a node."""
        self._atoms = atoms
        self._build = build
        self._shells = shells
        self._kinds = kinds
        self._seen: deque[object] = deque(maxlen=200)  # parts of earlier trees, to be planted into others
        self._steps = (
            self._replace,
            self._replace,
            self._atom,
            self._atom,
            self._wrap,
            self._delete,
            self._double,
            self._move,
            self._rename,
        )

    def mutate(self, tree: object, random: Random) -> object:
        """Return the tree with one to four changes."""
        self._seen.append(copy.deepcopy(random.choice(_places(tree))[0]))
        root = [copy.deepcopy(tree)]  # so that the top has a place like all others
        for _ in range(random.randint(1, 4)):
            random.choice(self._steps)(root, random)
            if not root:
                root.append(None)
        return root[0]

    def _replace(self, root: list[Any], random: Random) -> None:
        fresh = self._build(random) if random.random() < 0.6 else copy.deepcopy(random.choice(self._seen))
        _put(random.choice(_places(root)[1:] or [(None, root, 0)]), fresh)

    def _atom(self, root: list[Any], random: Random) -> None:
        leaves = [place for place in _places(root)[1:] if not isinstance(place[0], list | dict)]
        if leaves:
            _put(random.choice(leaves), random.choice(self._atoms))

    def _wrap(self, root: list[Any], random: Random) -> None:
        """Put a part into a shell of itself, once or many times: nested deeply."""
        value, owner, key = random.choice(_places(root)[1:])
        shells = self._shells if random.random() < 0.5 else random.choices(self._shells)
        for _ in range(random.choice((1, 1, 2, random.randint(54, 64), 150, 400))):
            value = random.choice(shells)(value)
        _put((value, owner, key), value)

    def _delete(self, root: list[Any], random: Random) -> None:
        _, owner, key = random.choice(_places(root)[1:])
        del owner[key]

    def _double(self, root: list[Any], random: Random) -> None:
        value, owner, key = random.choice(_places(root)[1:])
        if isinstance(owner, list):
            times = random.choice((1, 1, 2, 8, _MAX_REPEATS))
            owner[key:key] = [copy.deepcopy(value) for _ in range(times if len(json.dumps(value)) < 200 else 1)]

    def _move(self, root: list[Any], random: Random) -> None:
        places = _places(root)[1:]
        _put(random.choice(places), copy.deepcopy(random.choice(places)[0]))

    def _rename(self, root: list[Any], random: Random) -> None:
        """Give a node another kind, or an object's field another name."""
        owners = [place[0] for place in _places(root) if isinstance(place[0], list | dict) and place[0]]
        owner = random.choice(owners)
        if isinstance(owner, dict):
            words = [atom for atom in self._atoms if isinstance(atom, str)]
            owner[random.choice(words)] = owner.pop(random.choice(list(owner)))
        elif self._kinds and isinstance(owner[0], str):
            owner[0] = random.choice(self._kinds)


def _places(tree: object) -> list[tuple[Any, Any, Any]]:
    """Return every part of a tree with its owner and its key there; the tree itself first, with no owner."""
    found: list[tuple[Any, Any, Any]] = [(tree, None, None)]
    for value, _, _ in found:  # the list grows while it is read
        if isinstance(value, list):
            found.extend((item, value, index) for index, item in enumerate(value))
        elif isinstance(value, dict):
            found.extend((item, value, key) for key, item in value.items())
        if len(found) > 4_000:
            break
    return found


def _put(place: tuple[Any, Any, Any], value: object) -> None:
    _, owner, key = place
    owner[key] = value
