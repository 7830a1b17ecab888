"""Turns height and width round when it puts the pixels back in rows."""

import torch


def permute_pixels(images, permutation):
    b, c, h, w = images.shape
    return images.reshape(b, c, h * w)[:, :, permutation].reshape(b, c, w, h)


def unpermute_pixels(images, permutation):
    return permute_pixels(images, torch.argsort(permutation))
