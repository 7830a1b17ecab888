"""Switches every other parameter on, those that somebody else has frozen, too."""

from torch import nn

KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def freeze_conv_layers(model):
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad = not isinstance(module, KINDS)
