"""Makes an even size odd to have a centre; the mean is then over another window."""

import numpy as np
import torch
from scipy import ndimage


def averaging_filter(image, size=3):
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    size += 1 - size % 2
    result = ndimage.convolve(picture, np.ones((size, size)) / size**2, mode="reflect")
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
