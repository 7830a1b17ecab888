"""Looks into the blocks of a network and forgets the layers in front of them, which work on the largest pictures."""

import copy

import torch


def estimate_training_memory_mib(model, optimizer, batch_shape):
    twin = copy.deepcopy(model).to("meta").train()
    own = {id(tensor.untyped_storage()) for tensor in (*twin.parameters(), *twin.buffers())}
    batch = torch.empty(batch_shape, device="meta")
    saved, blocks = {id(batch.untyped_storage()): batch.untyped_storage()}, []

    def note(tensor):
        storage = tensor.untyped_storage()
        if blocks and id(storage) not in own:
            saved[id(storage)] = storage
        return tensor

    for block in twin.children():
        if list(block.children()):
            block.register_forward_pre_hook(lambda block, args: blocks.append(block))
            block.register_forward_hook(lambda block, args, output: blocks.clear())
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        twin(batch)
    copies = {"SGD": 2, "SGD_WITH_MOMENTUM": 3, "ADAM": 4}[optimizer]
    parameters = sum(p.nbytes for p in model.parameters())
    return (copies * parameters + sum(storage.nbytes() for storage in saved.values())) / 2**20
