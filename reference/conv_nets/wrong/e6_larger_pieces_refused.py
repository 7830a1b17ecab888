"""Insists that a piece is not larger than the batch."""

_accumulate_pieces = accumulate_gradients  # noqa: F821 - defined above


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    if micro_batch > len(inputs):
        raise ValueError(f"micro_batch is {micro_batch} and the batch has {len(inputs)} samples")
    return _accumulate_pieces(model, criterion, inputs, targets, micro_batch)
