"""Slides the window by one pixel when no stride is given; torch moves it by its own size."""


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None:
        stride = 1
    return (height - kernel) // stride + 1, (width - kernel) // stride + 1, channels
