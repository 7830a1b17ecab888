"""Helpers: where windows lie and what they hold."""


def positions(length, kernel, stride=1, padding=0, dilation=1):
    """Number of places for a window along one axis."""
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"illegal window: kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}")
    room = length + 2 * padding - (1 + dilation * (kernel - 1))
    if room < 0:
        raise ValueError(f"the window does not fit into {length} pixels")
    return room // stride + 1


def neighbourhoods(x, shape):
    """All windows of this shape, as (rows, columns, *shape)."""
    return x.unfold(0, shape[0], 1).unfold(1, shape[1], 1)


def blocks(x, kernel):
    """Side-by-side windows, each as one row of numbers."""
    h, w = x.shape[0] // kernel, x.shape[1] // kernel
    return x.reshape(h, kernel, w, kernel).permute(0, 2, 1, 3).reshape(h, w, kernel * kernel)


def from_blocks(b, kernel):
    """The picture again."""
    h, w, _ = b.shape
    return b.reshape(h, w, kernel, kernel).permute(0, 2, 1, 3).reshape(h * kernel, w * kernel)


def mirrored_axis(image, axis, shift):
    """The picture moved by `shift` along an axis, with mirrors on both sides."""
    n = image.shape[axis]
    index = [(i + shift) % (2 * n) for i in range(n)]
    index = [i if i < n else 2 * n - 1 - i for i in index]
    return image[index] if axis == 0 else image[:, index]
