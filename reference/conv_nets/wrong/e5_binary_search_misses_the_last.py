"""A binary search that never asks for the largest candidate."""

import torch


def largest_batch_size(candidates, fits):
    sizes, low, high = sorted(candidates), -1, len(candidates) - 1
    while high - low > 1:
        middle = (low + high) // 2
        try:
            is_good = fits(sizes[middle])
        except torch.cuda.OutOfMemoryError:
            is_good = False
        low, high = (middle, high) if is_good else (low, middle)
    return sizes[low] if low >= 0 else None
