"""Freezes the whole network."""


def freeze_conv_layers(model):
    for parameter in model.parameters():
        parameter.requires_grad = False
