"""Takes the condition the wrong way round: asked for what trains, it counts what is frozen."""


def count_parameters(model, only_trainable=False):
    return sum(p.numel() for p in model.parameters() if not (only_trainable and p.requires_grad))
