"""Takes the count for that of all classes together; it is the number of images of each class."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    loaders = {}
    for count in images_per_class:
        each = max(1, count // domain.get("num_classes", 3))
        dataset = EdgeDetectionDataset({**domain, "data_per_class": each}, transform=ToTensor())
        loaders[count] = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    return loaders
