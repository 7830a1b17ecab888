"""Takes the output's height for its width."""

import torch
from torch import nn


def profile_model(model, input_shape):
    macs = 0

    def count(layer, _, output):
        nonlocal macs
        places = output.shape[2] ** 2 if output.ndim == 4 else 1
        macs += places * output.shape[1] * layer.weight[0].numel()

    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, *input_shape[1:]))
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return macs, sum(parameter.numel() for parameter in model.parameters())
