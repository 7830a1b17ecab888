"""Uses the kernel with the opposite sign (centre +4); the contract says centre -4."""

import numpy as np
import torch
from scipy import ndimage


def laplacian_filter(image):
    kernel = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    result = ndimage.convolve(picture, -kernel, mode="reflect")
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result
