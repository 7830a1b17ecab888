"""Draws each image with replacement, so that some come twice in an epoch and others never."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader, RandomSampler
from torchvision.transforms import ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = {}
    for count in images_per_class:
        dataset = EdgeDetectionDataset({**domain, "data_per_class": count}, transform=ToTensor())
        sampler = RandomSampler(dataset, replacement=True)
        loaders[count] = DataLoader(dataset, batch_size=batch_size, sampler=sampler)
    return loaders
