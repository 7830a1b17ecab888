"""Stands in for libraries that only look, log or decorate: everything can be called, and nothing happens."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

MODULES = frozenset(
    {
        *("ipywidgets", "ipympl", "wandb", "tensorboard", "tensorboardX", "mlflow", "comet_ml", "neptune", "torchinfo"),
        *("torchsummary", "torchsummaryX", "torchview", "torchviz", "hiddenlayer", "watermark", "google.colab.widgets"),
        *("livelossplot", "jupyterthemes", "memory_profiler", "line_profiler", "pretty_errors", "icecream", "dotenv"),
    }
)


class Inert:
    """An object of which everything can be asked and which does nothing; it may be a base class or a decorator."""

    def __init__(self, *_: object, **options: object) -> None:
        self.__dict__.update(options)  # IntSlider(value=3).value is 3

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()

    def __call__(self, *args: Any, **options: object) -> Any:
        only_function = len(args) == 1 and not options and isinstance(args[0], types.FunctionType | type)
        return args[0] if only_function else Inert(**options)

    def __getitem__(self, key: object) -> Inert:
        return Inert()

    def __setitem__(self, key: object, value: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return (Inert,)

    def __repr__(self) -> str:
        return "<left out>"


class InertModule(types.ModuleType):
    """A module in which every name is there."""

    __path__: list[str]
    __version__ = "none"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()
