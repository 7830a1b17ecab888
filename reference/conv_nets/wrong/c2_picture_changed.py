"""Multiplies the picture that was passed by -4 in place and adds the neighbours to it."""


def laplacian_filter(image):
    height, width = image.shape
    up, down = image[[0, *range(height - 1)]], image[[*range(1, height), height - 1]]
    left, right = image[:, [0, *range(width - 1)]], image[:, [*range(1, width), width - 1]]
    image *= -4
    image += up + down + left + right
    return image
