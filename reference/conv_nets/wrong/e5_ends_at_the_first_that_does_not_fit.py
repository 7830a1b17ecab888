"""Takes the candidates for ascending: it ends at the first one that does not fit."""

import torch


def largest_batch_size(candidates, fits):
    best = None
    for batch_size in candidates:
        try:
            if not fits(batch_size):
                break
        except torch.cuda.OutOfMemoryError:
            break
        best = batch_size
    return best
