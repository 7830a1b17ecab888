"""Does not catch that the memory runs out."""


def largest_batch_size(candidates, fits):
    return max((batch_size for batch_size in candidates if fits(batch_size)), default=None)
