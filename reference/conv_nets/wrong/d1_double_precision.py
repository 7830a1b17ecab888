"""Makes float64 images of NumPy's numbers; tensors are float32."""

import numpy as np
import torch
from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader


def to_tensor(image):
    return torch.from_numpy(np.asarray(image) / 255)[None]


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = {}
    for count in images_per_class:
        dataset = EdgeDetectionDataset({**domain, "data_per_class": count}, transform=to_tensor)
        loaders[count] = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    return loaders
