"""Code that the course gives to students of `intro_to_training`; importable as `provided` in every submission.

`mnist_loaders` is for you. The small models and loaders below it are what the grader tries your functions on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

MEAN, STD = 0.1307, 0.3081  # of all pixels of MNIST's training pictures


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's random numbers."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def mnist_loaders(root: str | Path, batch_size: int = 64) -> tuple[DataLoader, DataLoader]:
    """Return loaders of MNIST's training pictures, shuffled, and of its test pictures, both normalised.

    `root` is the folder that holds torchvision's folder `MNIST`; what is not there is fetched. Pictures are float32
    (1, 28, 28), labels are int64.

    Raises:
        FileNotFoundError: the data are neither there nor can they be fetched.
    """
    from torchvision.datasets import MNIST

    loaders = []
    for train in (True, False):
        try:
            data = MNIST(str(root), train=train, download=True)
        except (OSError, RuntimeError) as error:
            raise FileNotFoundError(
                f"there is no MNIST in {root}, and it could not be fetched ({error}); "
                f"put torchvision's folder MNIST (with raw/train-images-idx3-ubyte and the others) into {root}"
            ) from None
        pictures = (data.data.float().div(255).unsqueeze(1) - MEAN) / STD
        loaders.append(DataLoader(TensorDataset(pictures, data.targets), batch_size=batch_size, shuffle=train))
    return loaders[0], loaders[1]


# What the grader tries your functions on


class GraphSensitive(nn.Module):
    """Doubles its input while autograd records and passes it on otherwise: it is seen in every value."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(any shape) -> the same shape."""
        return 2 * x if torch.is_grad_enabled() else x


class SlowLoader:
    """A loader that needs some time for each batch, as one does that reads files."""

    def __init__(self, loader: DataLoader, seconds: float) -> None:
        """Wait so long before each batch of a loader."""
        self.loader = loader
        self.seconds = seconds

    def __iter__(self) -> Iterator[Sequence[torch.Tensor]]:
        """Yield the loader's batches."""
        for batch in self.loader:
            time.sleep(self.seconds)
            yield batch

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.loader)

    def __getattr__(self, name: str) -> Any:
        """Return what the loader has: its data set, its batch size."""
        return getattr(self.loader, name)


def slow_loader(loader: DataLoader, seconds: float) -> SlowLoader:
    """Return a loader of the same batches that takes so many seconds for each."""
    return SlowLoader(loader, seconds)


def start_afresh(seed: int = 0) -> None:
    """Seed all random numbers, let autograd record, and let torch use one thread.

    With one thread sums are added up in one order everywhere; and steps of small models do not wait for other threads.
    """
    set_seed(seed)
    torch.set_grad_enabled(True)
    torch.set_num_threads(1)


def graph_sensitive(model: nn.Module) -> nn.Module:
    """Return a model whose outputs are doubled while autograd records."""
    return nn.Sequential(model, GraphSensitive())


def tensor_loader(inputs: torch.Tensor, targets: torch.Tensor, batch_size: int, shuffle_seed: int | None = None) -> DataLoader:
    """Return a loader of these tensors, in their order or, with a seed, in a new random order in each epoch."""
    generator = None if shuffle_seed is None else torch.Generator().manual_seed(shuffle_seed)
    return DataLoader(TensorDataset(inputs, targets), batch_size, shuffle=generator is not None, generator=generator)


def decaying_adam(model: nn.Module, rate: float, steps: int) -> torch.optim.Optimizer:
    """Return Adam over a model's parameters whose rate falls step by step to a fiftieth, which it reaches after `steps`."""
    optimizer = torch.optim.Adam([value for value in model.parameters() if value.requires_grad], lr=rate)
    done = 0

    def lower(optimizer: torch.optim.Optimizer, *_: object) -> None:
        nonlocal done
        done += 1
        for group in optimizer.param_groups:
            group["lr"] = rate * max(0.02, 1 - done / steps)

    optimizer.register_step_post_hook(lower)
    return optimizer


def stack_of(layers: Sequence[tuple[object, ...]]) -> nn.Sequential:
    """Return the layers in a row, each given as (name of a class in torch.nn, its arguments ..., and a dict of keywords)."""
    made = []
    for name, *arguments in layers:
        keywords = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
        made.append(getattr(nn, str(name))(*arguments, **keywords))
    return nn.Sequential(*made)


def count_hooks(model: nn.Module) -> int:
    """Return how many hooks there are on a model and its layers, all together."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)
