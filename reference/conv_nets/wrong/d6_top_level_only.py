"""Looks at the children of the model and not at theirs."""

from torch import nn

KINDS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def freeze_conv_layers(model):
    for module in model.children():
        if isinstance(module, KINDS):
            module.requires_grad_(False)
