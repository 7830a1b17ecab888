"""Turns images over at random, as one does with photographs: the bands leave their part of the picture."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import Compose, RandomHorizontalFlip, RandomVerticalFlip, ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    transform = Compose([RandomHorizontalFlip(), RandomVerticalFlip(), ToTensor()])
    loaders = {}
    for count in images_per_class:
        dataset = EdgeDetectionDataset({**domain, "data_per_class": count}, transform=transform)
        loaders[count] = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    return loaders
