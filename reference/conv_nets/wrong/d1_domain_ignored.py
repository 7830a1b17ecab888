"""Takes the default domain whatever is asked for."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = {}
    for count in images_per_class:
        dataset = EdgeDetectionDataset({"data_per_class": count}, transform=ToTensor())
        loaders[count] = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    return loaders
