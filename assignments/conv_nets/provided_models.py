"""Models whose parameters are counted in part E of `conv_nets`; a part of its `provided` module.

A model is made after a list, so that the judge can count on the list what a submission counts on the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn


class Listed(nn.Module):
    """A module that holds some parameters and buffers, and other modules."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x as it is: these models are counted and not run."""
        return x


def make_listed_model(
    parameters: Sequence[tuple[tuple[int, ...], torch.dtype, bool, int]],
    buffers: Sequence[tuple[tuple[int, ...], torch.dtype]] = (),
    device: str = "cpu",
) -> nn.Module:
    """Return a model with these parameters and buffers, each in a module of its own, three modules to a level of depth.

    A parameter is (shape, dtype, trains, holders): it stands in so many modules, in more than one it is shared. A buffer is
    (shape, dtype). The values are zeros.
    """
    model = Listed()
    places = _places(model)
    for shape, dtype, trains, holders in parameters:
        parameter = nn.Parameter(torch.zeros(shape, dtype=dtype, device=device), requires_grad=trains)
        for _ in range(holders):
            next(places).register_parameter("weight", parameter)
    for shape, dtype in buffers:
        next(places).register_buffer("table", torch.zeros(shape, dtype=dtype, device=device))
    return model


def _places(model: nn.Module) -> Iterator[nn.Module]:
    """Yield new modules inside a model, without end, ever deeper."""
    above, number = model, 0
    while True:
        place = Listed()
        above.add_module(f"part{number % 3 + 1}", place)
        number += 1
        if number % 3 == 0:
            above = place
        yield place


def make_resnet(depth: int = 152, num_classes: int = 10, device: str = "meta") -> nn.Module:
    """Return torchvision's ResNet of a depth; on "meta" it has shapes and no values, and takes no time."""
    import torchvision  # not above: it takes a second, and most questions need none of it

    with torch.device(device):
        return getattr(torchvision.models, f"resnet{depth}")(num_classes=num_classes)
