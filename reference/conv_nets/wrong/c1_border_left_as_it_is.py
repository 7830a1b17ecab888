"""Averages where the window fits and copies the rest of the picture."""


def averaging_filter(image, size=3):
    up, down = (size - 1) // 2, size // 2
    result = image + 0
    for p in range(up, image.shape[0] - down):
        for q in range(up, image.shape[1] - down):
            result[p, q] = image[p - up : p + down + 1, q - up : q + down + 1].mean()
    return result
