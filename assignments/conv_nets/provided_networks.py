"""Networks whose training memory is estimated in part E of `conv_nets`; a part of its `provided` module.

The judge measures the very same ones. None of them pools or copies where it can do without, so that what is alive at the end of
the forward pass is the peak of the whole step.
"""

from __future__ import annotations

import torch
from torch import nn

NETWORKS = ("resnet18", "resnet152", "small_cnn", "wide_mlp")


def make_network(name: str, device: str = "meta") -> nn.Module:
    """Return a network with 10 classes in training mode, always with the same weights; on "meta" it has none and takes no time.

    "resnet18" and "resnet152" take pictures (B, 3, H, W), also "small_cnn"; "wide_mlp" takes rows (B, 12288).
    """
    if name not in NETWORKS:
        raise ValueError(f"no network {name!r}; there are {', '.join(NETWORKS)}")
    with torch.random.fork_rng(devices=[]), torch.device(device):
        torch.manual_seed(0)
        if name.startswith("resnet"):
            import torchvision  # not above: it takes a second, and most questions need none of it

            return getattr(torchvision.models, name)(num_classes=10)
        return _small_cnn() if name == "small_cnn" else _wide_mlp()


def _small_cnn() -> nn.Module:
    stages = [
        nn.Sequential(_unit(3, 16, 1), _unit(16, 16, 1), _unit(16, 16, 1)),
        nn.Sequential(_unit(16, 32, 2), _unit(32, 32, 1), _unit(32, 32, 1)),
        nn.Sequential(_unit(32, 64, 2), _unit(64, 64, 1), _unit(64, 64, 1)),
    ]
    return nn.Sequential(*stages, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)))


def _unit(channels: int, filters: int, stride: int) -> nn.Module:
    convolution = nn.Conv2d(channels, filters, kernel_size=3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters), nn.ReLU(inplace=True))


def _wide_mlp() -> nn.Module:
    body = nn.Sequential(nn.Linear(12288, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
    return nn.Sequential(body, nn.Sequential(nn.Linear(64, 10)))
