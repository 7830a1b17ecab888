"""Always makes batches of 10; the size is an argument."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = {}
    for count in images_per_class:
        dataset = EdgeDetectionDataset({**domain, "data_per_class": count}, transform=ToTensor())
        loaders[count] = DataLoader(dataset, batch_size=10, shuffle=True)
    return loaders
