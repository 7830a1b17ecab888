"""Squeezes the picture to be rid of a channel axis that it does not have: one row or one column loses its own axis."""

_laplacian = laplacian_filter  # noqa: F821 - the right answer, defined above


def laplacian_filter(image):
    return _laplacian(image.squeeze())
