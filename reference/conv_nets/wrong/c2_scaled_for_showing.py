"""Scales the result to a maximum of 1 for showing; the numbers are then no second derivative."""

import numpy as np
import torch
from scipy import ndimage


def laplacian_filter(image):
    kernel = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    result = ndimage.convolve(picture, kernel, mode="reflect")
    result = result / max(float(np.abs(result).max()), 1e-12)
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
