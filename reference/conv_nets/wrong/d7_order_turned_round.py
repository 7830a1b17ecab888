"""Takes the permutation backwards for its inverse."""


def permute_pixels(images, permutation):
    return images.flatten(2)[:, :, permutation].reshape(images.shape)


def unpermute_pixels(images, permutation):
    return permute_pixels(images, permutation.flip(0))
