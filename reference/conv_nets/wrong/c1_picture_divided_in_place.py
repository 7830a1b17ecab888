"""Divides the caller's picture by size**2 before it adds up, instead of the sum afterwards."""

import numpy as np
import torch
from scipy import ndimage


def averaging_filter(image, size=3):
    image /= size**2
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    result = ndimage.convolve(picture, np.ones((size, size)), mode="reflect")
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
