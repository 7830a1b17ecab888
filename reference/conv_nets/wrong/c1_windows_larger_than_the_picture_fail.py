"""Mirrors the picture once on each side, which does not reach far enough for a window larger than the picture."""


def averaging_filter(image, size=3):
    height, width = image.shape
    up, down = (size - 1) // 2, size // 2
    rows = [*range(up - 1, -1, -1), *range(height), *(height - 1 - step for step in range(down))]
    columns = [*range(up - 1, -1, -1), *range(width), *(width - 1 - step for step in range(down))]
    padded = image[rows][:, columns]
    windows = (padded[i : i + height, j : j + width] for i in range(size) for j in range(size))
    return sum(windows) / size**2
