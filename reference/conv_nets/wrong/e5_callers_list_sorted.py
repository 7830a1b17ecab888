"""Sorts the list that belongs to the caller."""

_largest_of = largest_batch_size  # noqa: F821 - defined above


def largest_batch_size(candidates, fits):
    if isinstance(candidates, list):
        candidates.sort(reverse=True)
    return _largest_of(candidates, fits)
