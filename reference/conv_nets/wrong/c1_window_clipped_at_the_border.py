"""Takes the mean over the part of the window that lies inside the picture; the borders are mirrored."""


def averaging_filter(image, size=3):
    up, down = (size - 1) // 2, size // 2
    result = image * 0
    for p in range(image.shape[0]):
        for q in range(image.shape[1]):
            result[p, q] = image[max(p - up, 0) : p + down + 1, max(q - up, 0) : q + down + 1].mean()
    return result
