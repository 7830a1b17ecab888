"""Returns a NumPy array for a tensor; the result has the kind of the picture."""

import numpy as np
from scipy import ndimage


def averaging_filter(image, size=3):
    return ndimage.convolve(np.asarray(image), np.ones((size, size)) / size**2, mode="reflect")
