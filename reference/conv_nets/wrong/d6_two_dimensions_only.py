"""Knows Conv2d alone; there are convolutions of one and three dimensions and transposed ones."""

from torch import nn


def freeze_conv_layers(model):
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.requires_grad_(False)
