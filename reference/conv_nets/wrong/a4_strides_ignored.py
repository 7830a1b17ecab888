"""Adds up kernel - 1 over the layers, the rule for stride 1, whatever the strides."""


def receptive_field(layers):
    return 1 + sum((layer[0] - 1) * (layer[2] if len(layer) > 2 else 1) for layer in layers)
