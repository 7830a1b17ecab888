"""Finds the statements that a dotted name of an assignment's module stands for, through imports and packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from grader.checks.effects import Chain, Import
from grader.checks.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The statements at the top of one file; a folder without an `__init__.py` has none."""

    statements: tuple[Statement, ...]
    bound: Mapping[str, Collection[Statement]]  # name -> all that bind it
    pervading: tuple[Statement, ...]
    stars: tuple[str, ...]  # the modules of the assignment from which it imports all names


class Search:
    """Collects what dotted names stand for."""

    def __init__(self, modules: Mapping[str, Module], changers: Mapping[tuple[str, str], Collection[Statement]]) -> None:
        """`changers`: (module, name) -> the statements that may change the object of that name."""
        self._modules = modules
        self._changers = changers
        self._seen: set[tuple[str, Chain, bool]] = set()
        self.found: set[Statement] = set()

    def add_names(self, module: str, chains: Iterable[Chain]) -> Search:
        """Add what dotted names in a module stand for; one that the module does not bind is a builtin or local."""
        for chain in chains:
            self._add_name(module, chain)
        return self

    def add_attribute(self, module: str, chain: Chain) -> Search:
        """Add what is reached through a module: a definition, a module inside, or all of it where it cannot be told."""
        if module not in self._modules or self._was_here(module, chain, as_attribute=True):
            return self
        inside = f"{module}.{chain[0]}" if chain else ""
        if chain and chain[0] in self._modules[module].bound:
            self._add_name(module, chain)
        elif inside not in self._modules:
            self._add_all(module)
        if inside in self._modules:
            self.add_attribute(inside, chain[1:])
        return self

    def add_import(self, origin: Import) -> Search:
        """Add what an import brings, whatever is done with it."""
        if origin.is_own:
            self.add_attribute(origin.loads, () if origin.path == ("*",) else origin.path)
        return self

    def _add_name(self, module: str, chain: Chain) -> None:
        if self._was_here(module, chain, as_attribute=False):
            return
        known = self._modules[module]
        self.found.update(self._changers.get((module, chain[0]), ()))
        for statement in known.bound.get(chain[0], ()):
            self.found.add(statement)
            for origin in statement.imports if statement.is_import else ():
                if origin.is_own:
                    self.add_attribute(origin.module, (*origin.path, *chain[1:]))
        for star in () if chain[0] in known.bound else known.stars:
            self._add_name(star, chain)

    def _add_all(self, module: str) -> None:
        for name, inside in self._modules.items():
            if name == module or name.startswith(f"{module}."):
                self.found.update(inside.statements)
                for bound in inside.bound:
                    self.found.update(self._changers.get((name, bound), ()))
                for statement in inside.statements:
                    for origin in statement.imports:
                        self.add_import(origin)

    def _was_here(self, module: str, chain: Chain, *, as_attribute: bool) -> bool:
        key = module, chain, as_attribute
        if key in self._seen:
            return True
        self._seen.add(key)
        return False
