"""Permutes the first image of the batch and hands the others on."""

import torch


def permute_pixels(images, permutation):
    result = images.clone()
    result[0] = images[0].flatten(1)[:, permutation].reshape(images.shape[1:])
    return result


def unpermute_pixels(images, permutation):
    return permute_pixels(images, torch.argsort(permutation))
