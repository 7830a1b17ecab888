"""Begins with the smallest candidate as the best so far, and never asks whether that one fits."""

import torch


def largest_batch_size(candidates, fits):
    best = min(candidates, default=None)
    for batch_size in sorted(candidates):
        try:
            best = batch_size if fits(batch_size) else best
        except torch.cuda.OutOfMemoryError:
            break
    return best
