"""Draws other images for each epoch, so that 10 of a class become as many as there are epochs."""

import torch
from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision.transforms import ToTensor


class EndlessEdges(torch.utils.data.IterableDataset):
    def __init__(self, config):
        self.config = config

    def __iter__(self):
        dataset = EdgeDetectionDataset(self.config, transform=ToTensor())
        return (dataset[i] for i in torch.randperm(len(dataset)).tolist())


def make_loaders(images_per_class, batch_size=10, **domain):
    return {
        count: DataLoader(EndlessEdges({**domain, "data_per_class": count}), batch_size=batch_size) for count in images_per_class
    }
