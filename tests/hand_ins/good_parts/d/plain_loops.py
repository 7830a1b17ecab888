"""As a beginner writes it: loops over everything, lists of numbers, no abbreviations."""

import torch
import torch.nn as nn
from provided import EdgeDetectionDataset
from torch.utils.data import DataLoader
from torchvision import transforms

to_tensor = transforms.Compose([transforms.Grayscale(), transforms.ToTensor()])


def make_loaders(images_per_class, batch_size=10, **domain):
    all_loaders = {}
    for i in range(len(images_per_class)):
        config = {}
        for key in domain:
            config[key] = domain[key]
        config["data_per_class"] = images_per_class[i]
        train_dataset = EdgeDetectionDataset(config, mode="train", transform=to_tensor)
        train_loader = DataLoader(train_dataset, batch_size=batch_size, shuffle=True, num_workers=0)
        all_loaders[images_per_class[i]] = train_loader
    return all_loaders


class SimpleCNN(nn.Module):
    def __init__(self, num_filters=3, kernel_size=7, num_classes=3):
        super(SimpleCNN, self).__init__()
        self.conv1 = nn.Conv2d(1, num_filters, kernel_size=kernel_size, stride=1, padding=(kernel_size - 1) // 2)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.conv2 = nn.Conv2d(num_filters, num_filters, kernel_size=kernel_size, stride=1, padding=(kernel_size - 1) // 2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(num_filters, num_classes)

        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        out = self.conv1(x)
        out = self.relu(out)
        out = self.maxpool(out)
        out = self.conv2(out)
        out = self.relu(out)
        out = self.avgpool(out)
        out = out.view(out.size(0), -1)
        out = self.fc(out)
        return out


class ThreeLayerMLP(nn.Module):
    def __init__(self, input_dim=(1, 28, 28), hidden_dims=(10, 10), num_classes=3):
        super(ThreeLayerMLP, self).__init__()
        self.fc1 = nn.Linear(input_dim[0] * input_dim[1] * input_dim[2], hidden_dims[0])
        self.fc2 = nn.Linear(hidden_dims[0], hidden_dims[1])
        self.fc3 = nn.Linear(hidden_dims[1], num_classes)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = x.view(x.size(0), -1)
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        x = self.fc3(x)
        return x


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model = model.to(device)
    model.train()
    running_loss = 0
    correct = 0
    total = 0
    for data in loader:
        inputs, labels = data[0].to(device), data[1].to(device)
        optimizer.zero_grad()
        with torch.set_grad_enabled(True):
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
        for k in range(len(labels)):
            if torch.argmax(outputs[k]) == labels[k]:
                correct = correct + 1
        running_loss = running_loss + loss.item() * inputs.size(0)
        total = total + inputs.size(0)
    print("loss", running_loss / total)
    return running_loss / total, correct / total


@torch.no_grad()
def evaluate(model, criterion, loader, device="cpu"):
    model.to(device).eval()
    running_loss = 0
    labels_seen = []
    predictions = []
    for inputs, labels in loader:
        inputs = inputs.to(device)
        labels = labels.to(device)
        outputs = model(inputs)
        running_loss += criterion(outputs, labels) * len(labels)
        for k in range(len(labels)):
            labels_seen.append(int(labels[k]))
            predictions.append(int(torch.argmax(outputs[k])))
    number_of_classes = outputs.shape[1]
    confusion = torch.zeros((number_of_classes, number_of_classes), dtype=torch.long)
    correct = 0
    for k in range(len(labels_seen)):
        confusion[labels_seen[k], predictions[k]] += 1
        if labels_seen[k] == predictions[k]:
            correct += 1
    return running_loss / len(labels_seen), correct / len(labels_seen), confusion


def freeze_conv_layers(model):
    for module in model.modules():
        is_conv = isinstance(module, (nn.Conv1d, nn.Conv2d, nn.Conv3d))
        is_transposed = isinstance(module, (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d))
        if is_conv or is_transposed:
            module.weight.requires_grad = False
            if module.bias is not None:
                module.bias.requires_grad = False


def permute_pixels(images, permutation):
    B, C, H, W = images.shape
    new = torch.zeros_like(images)
    for i in range(H * W):
        j = int(permutation[i])
        new[:, :, i // W, i % W] = images[:, :, j // W, j % W]
    return new


def unpermute_pixels(images, permutation):
    B, C, H, W = images.shape
    new = torch.zeros_like(images)
    for i in range(H * W):
        j = int(permutation[i])
        new[:, :, j // W, j % W] = images[:, :, i // W, i % W]
    return new


def best_config():
    config = {"lr": 0.1, "num_epochs": 100, "kernel_size": 9}
    return config
