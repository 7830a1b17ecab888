"""Counts everything in the state dict: running means of batch normalisation are no parameters."""


def count_parameters(model, only_trainable=False):
    if only_trainable:
        return sum(p.numel() for p in model.parameters() if p.requires_grad)
    return sum(tensor.numel() for tensor in model.state_dict().values())
