"""Rolls the permutation on from channel to channel; it is the same for all."""

import torch


def permute_pixels(images, permutation):
    flat = images.flatten(2)
    orders = [permutation.roll(channel) for channel in range(images.shape[1])]
    return torch.stack([flat[:, c, order] for c, order in enumerate(orders)], 1).reshape(images.shape)


def unpermute_pixels(images, permutation):
    flat = images.flatten(2)
    orders = [torch.argsort(permutation.roll(channel)) for channel in range(images.shape[1])]
    return torch.stack([flat[:, c, order] for c, order in enumerate(orders)], 1).reshape(images.shape)
