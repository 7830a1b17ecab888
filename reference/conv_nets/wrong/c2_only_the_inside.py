"""Leaves the border at 0; there, too, the contract asks for the Laplacian with a mirrored picture."""


def laplacian_filter(image):
    result = image * 0
    centre = image[1:-1, 1:-1]
    result[1:-1, 1:-1] = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:] - 4 * centre
    return result
