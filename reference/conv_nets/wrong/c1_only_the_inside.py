"""Averages where the window fits and returns a smaller picture; the shape must stay."""


def averaging_filter(image, size=3):
    height, width = image.shape[0] - size + 1, image.shape[1] - size + 1
    return sum(image[i : i + height, j : j + width] for i in range(size) for j in range(size)) / size**2
