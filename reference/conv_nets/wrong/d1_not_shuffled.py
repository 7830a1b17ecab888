"""Leaves the images in the order of the classes; a training loader shuffles."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = {}
    for count in images_per_class:
        dataset = EdgeDetectionDataset({**domain, "data_per_class": count}, transform=ToTensor())
        loaders[count] = DataLoader(dataset, batch_size=batch_size)
    return loaders
