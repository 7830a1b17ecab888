"""Returns the loaders in a list; they are asked for by their count."""

from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor


def make_loaders(images_per_class, batch_size=10, **domain):
    configs = [{**domain, "data_per_class": count} for count in images_per_class]
    datasets = [EdgeDetectionDataset(config, transform=ToTensor()) for config in configs]
    return [DataLoader(dataset, batch_size=batch_size, shuffle=True) for dataset in datasets]
