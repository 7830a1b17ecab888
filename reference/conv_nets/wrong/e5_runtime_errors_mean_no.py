"""Catches RuntimeError, and with it every mistake that torch complains about."""


def largest_batch_size(candidates, fits):
    for batch_size in sorted(candidates, reverse=True):
        try:
            if fits(batch_size):
                return batch_size
        except RuntimeError:
            continue
    return None
