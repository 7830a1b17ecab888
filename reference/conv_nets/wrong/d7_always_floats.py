"""Fills a tensor of floats, whatever the pixels are."""

import torch


def permute_pixels(images, permutation):
    result = torch.zeros(images.shape)
    result.view(*images.shape[:2], -1)[:] = images.flatten(2)[:, :, permutation]
    return result


def unpermute_pixels(images, permutation):
    return permute_pixels(images, torch.argsort(permutation))
