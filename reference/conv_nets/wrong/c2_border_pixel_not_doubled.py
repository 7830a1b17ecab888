"""Mirrors at the centre of the border pixel; the contract doubles it."""

import numpy as np
import torch
from scipy import ndimage


def laplacian_filter(image):
    kernel = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    result = ndimage.convolve(picture, kernel, mode="mirror")
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
