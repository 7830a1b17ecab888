"""A base class, a data set of one's own, decorators, a trainer object, 0-d tensors as numbers."""

import functools

import torch
import torch.nn.functional as F
from provided import EdgeDetectionDataset
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler
from torchvision import transforms


class Edges(Dataset):
    """Wraps the course's data set."""

    def __init__(self, count, **domain):
        self.inner = EdgeDetectionDataset({"data_per_class": count} | domain, "train", transforms.ToTensor())

    def __len__(self):
        return len(self.inner)

    def __getitem__(self, index):
        image, label = self.inner[index]
        return image, torch.tensor(label)


def make_loaders(images_per_class, batch_size=10, **domain):
    def loader(count):
        edges = Edges(count, **domain)
        batches = BatchSampler(RandomSampler(edges), batch_size, drop_last=False)
        return DataLoader(edges, batch_sampler=batches)

    return {count: loader(count) for count in images_per_class}


class Network(nn.Module):
    """Something with logits."""

    def features(self, x):
        raise NotImplementedError

    def forward(self, x):
        return self.head(self.features(x))


class SimpleCNN(Network):
    """Defines its layers in another order than it uses them."""

    def __init__(self, num_filters=3, kernel_size=7, num_classes=3):
        super().__init__()
        self.fc = nn.Linear(num_filters, num_classes)
        sizes = {"kernel_size": kernel_size, "padding": (kernel_size - 1) // 2}
        self.conv2 = nn.Conv2d(num_filters, num_filters, **sizes)
        self.conv1 = nn.Conv2d(1, num_filters, **sizes)
        self.blocks = nn.Sequential(self.conv1, nn.ReLU(), nn.MaxPool2d(2), self.conv2, nn.ReLU())
        nn.init.zeros_(self.fc.bias)

    def features(self, x):
        return torch.flatten(F.adaptive_avg_pool2d(self.blocks(x), (1, 1)), start_dim=1)

    def head(self, x):
        return self.fc(x)


class ThreeLayerMLP(Network):
    """As flat as it gets."""

    def __init__(self, input_dim=(1, 28, 28), hidden_dims=(10, 10), num_classes=3):
        super().__init__()
        size = 1
        for side in input_dim:
            size *= side
        for name, i, o in zip(("fc1", "fc2", "fc3"), (size, *hidden_dims), (*hidden_dims, num_classes)):
            setattr(self, name, nn.Linear(i, o))

    def features(self, x):
        return torch.relu(self.fc2(torch.relu(self.fc1(x.reshape(x.shape[0], -1)))))

    def head(self, x):
        return self.fc3(x)


class Epoch:
    """One pass over the data, with or without learning."""

    def __init__(self, model, criterion, loader, device, optimizer=None):
        self.model, self.criterion, self.loader = model, criterion, loader
        self.device, self.optimizer = device, optimizer
        self.loss = torch.zeros((), dtype=torch.float64)
        self.confusion = None

    def run(self):
        self.model.train(self.optimizer is not None)
        for images, labels in self.loader:
            self.batch(images.to(self.device), labels.to(self.device))
        return self

    def batch(self, images, labels):
        logits = self.model(images)
        loss = self.criterion(logits, labels)
        if self.optimizer is not None:
            for group in self.optimizer.param_groups:
                for parameter in group["params"]:
                    parameter.grad = None
            loss.backward()
            self.optimizer.step()
        self.loss += loss.detach().double() * labels.numel()
        one_hot = [F.one_hot(each, logits.shape[1]) for each in (labels, logits.argmax(1))]
        counts = one_hot[0].T @ one_hot[1]
        self.confusion = counts if self.confusion is None else self.confusion + counts

    @property
    def numbers(self):
        total = self.confusion.sum()
        return self.loss / total, self.confusion.diagonal().sum() / total


def without_gradients(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        with torch.no_grad():
            return function(*args, **kwargs)

    return wrapped


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    return Epoch(model, criterion, loader, device, optimizer).run().numbers


@without_gradients
def evaluate(model, criterion, loader, device="cpu"):
    epoch = Epoch(model, criterion, loader, device).run()
    return *epoch.numbers, epoch.confusion


def freeze_conv_layers(model):
    def freeze(module):
        if any(kind.__name__.startswith("Conv") for kind in type(module).__mro__):
            for parameter in module.parameters(recurse=False):
                parameter.requires_grad = False

    model.apply(freeze)


def permute_pixels(images, permutation):
    flat = images.flatten(2).clone()
    flat[:, :, permutation] = images.flatten(2)
    return flat.unflatten(2, images.shape[2:])


def unpermute_pixels(images, permutation):
    return images.flatten(2)[:, :, permutation].unflatten(2, images.shape[2:])


def best_config():
    return dict(lr=0.03, num_epochs=200, kernel_size=7)
