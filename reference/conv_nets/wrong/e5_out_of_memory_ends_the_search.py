"""Takes running out of memory for the end of the search, which had begun at the largest."""

import torch


def largest_batch_size(candidates, fits):
    try:
        for batch_size in sorted(candidates, reverse=True):
            if fits(batch_size):
                return batch_size
    except torch.cuda.OutOfMemoryError:
        return None
    return None
