"""Compares types, so that a class derived from a convolution is none."""

from torch import nn

KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def freeze_conv_layers(model):
    for module in model.modules():
        if type(module) in KINDS:
            module.requires_grad_(False)
