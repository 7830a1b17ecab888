"""Limits the result to +-255 as if it were a picture; a Laplacian reaches eight times the brightness."""

_laplacian = laplacian_filter  # noqa: F821 - the right answer, defined above


def laplacian_filter(image):
    return _laplacian(image).clip(-255, 255)
