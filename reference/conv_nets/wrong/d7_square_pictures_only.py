"""Takes the root of the number of pixels for both sides."""

import torch


def permute_pixels(images, permutation):
    side = round(len(permutation) ** 0.5)
    return images.reshape(len(images), -1, len(permutation))[:, :, permutation].reshape(len(images), -1, side, side)


def unpermute_pixels(images, permutation):
    return permute_pixels(images, torch.argsort(permutation))
