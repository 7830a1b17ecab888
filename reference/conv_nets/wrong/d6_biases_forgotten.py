"""Freezes the weights and lets the biases go on learning."""

from torch import nn

KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def freeze_conv_layers(model):
    for module in model.modules():
        if isinstance(module, KINDS):
            module.weight.requires_grad = False
