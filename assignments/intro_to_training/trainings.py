"""What comes of a training that a check asks for, worked out in the judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from assignments.intro_to_training import oracles
from assignments.intro_to_training.cases import HERE, Data, Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A model after some epochs, and what was seen on the way."""

    losses: tuple[tuple[float, ...], ...]  # of each epoch, of each batch, before its step
    tests: tuple[oracles.Scores, ...]  # after each epoch, where there was a test
    start: Mapping[str, torch.Tensor]  # parameters and buffers before
    end: Mapping[str, torch.Tensor]  # and after


def trained(training: Training, *, epochs: int = 1, test: Data | None = None, clears: bool = True) -> Outcome:
    """Train in the judge, and test after each epoch; `clears=False` never clears a gradient."""
    model, criterion = training.make_model(HERE), HERE.make_criterion(training.criterion)
    descent = oracles.Descent(model, training.optimizer, training.lr, **training.options)
    start, losses, tests = _state(model), [], []
    for _ in range(epochs):
        losses.append(tuple(oracles.epoch_losses(model, training.data.make(HERE), descent, criterion, clears=clears)))
        if test is not None:
            tests.append(oracles.scores(model, test.make(HERE), criterion))
    return Outcome(losses=tuple(losses), tests=tuple(tests), start=start, end=_state(model))


def evaluated(training: Training, test: Data) -> oracles.Scores:
    """Evaluate the untrained model in the judge."""
    return oracles.scores(training.make_model(HERE), test.make(HERE), HERE.make_criterion(training.criterion))


def _state(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in (*model.named_parameters(), *model.named_buffers())}
