"""The formula of the tutorials: weights, gradients, state, and the outputs of all layers, those of in-place ReLUs too."""

import copy

import torch


def estimate_training_memory_mib(model, optimizer, batch_shape):
    twin, outputs = copy.deepcopy(model).to("meta"), []
    for layer in twin.modules():
        if not list(layer.children()):
            layer.register_forward_hook(lambda layer, args, output: outputs.append(output.nbytes))
    batch = torch.empty(batch_shape, device="meta")
    twin(batch)
    copies = {"SGD": 2, "SGD_WITH_MOMENTUM": 3, "ADAM": 4}[optimizer]
    return (copies * sum(p.nbytes for p in model.parameters()) + sum(outputs) + batch.nbytes) / 2**20
