"""Tells shared parameters by their address; on the meta device every tensor has the address 0."""


def count_parameters(model, only_trainable=False):
    seen, count = set(), 0
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.data_ptr() not in seen and (p.requires_grad or not only_trainable):
                seen.add(p.data_ptr())
                count += p.numel()
    return count
