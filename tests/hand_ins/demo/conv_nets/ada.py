"""Convolutional Networks, homework of Ada L."""

import re

import numpy as np
import torch

# ---------- Part A ----------


def conv_param_count(in_channels, filters, kernel):
    per_filter = in_channels * kernel * kernel
    return per_filter * filters, filters


def _axis(n, kernel, stride, padding, dilation):
    # count the starting points one after the other: slower than the formula, but I can see that it is right
    reach = (kernel - 1) * dilation
    starts = range(-padding, n + padding - reach, stride)
    return len(starts)


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    for what, value in (("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if value <= 0:
            raise ValueError(what + " should be positive but is " + str(value))
    if padding < 0:
        raise ValueError("padding should not be negative but is " + str(padding))
    h = _axis(height, kernel, stride, padding, dilation)
    w = _axis(width, kernel, stride, padding, dilation)
    if h == 0 or w == 0:
        raise ValueError("no room for a single output position")
    return (h, w, filters)


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None:
        stride = kernel
    return (len(range(0, height - kernel + 1, stride)), len(range(0, width - kernel + 1, stride)), channels)


def receptive_field(layers):
    # from the output back to the input
    size = 1
    for layer in list(layers)[::-1]:
        k, s = layer[:2]
        d = layer[2] if len(layer) == 3 else 1
        size = (size - 1) * s + (k - 1) * d + 1
    return size


def layer_table(layers, input_shape):
    table = [("input", 0, tuple(input_shape))]
    for name in layers:
        before = table[-1][2]
        conv = re.fullmatch("conv([0-9]+)-([0-9]+)", name)
        pool = re.fullmatch("pool([0-9]*)-([0-9]+)", name)
        dense = re.fullmatch("fc-([0-9]+)", name)
        if conv:
            k, f = int(conv.group(1)), int(conv.group(2))
            row = (name, sum(conv_param_count(before[2], f, k)), conv_output_shape(*before[:2], k, 1, k // 2, f))
        elif pool:
            s = int(pool.group(2))
            k = int(pool.group(1)) if pool.group(1) else s
            row = (name, 0, pool_output_shape(*before, k, s))
        elif dense:
            n = int(dense.group(1))
            row = (name, before[0] * n + n, (n,))
        elif name == "flatten":
            row = (name, 0, (int(np.prod(before)),))
        else:
            raise ValueError("I do not know a layer " + repr(name))
        table.append(row)
    return table


# ---------- Part B ----------


def conv2d(x, w):
    k = w.shape[0]
    rows, cols = x.shape[0] - k + 1, x.shape[1] - k + 1
    y = torch.zeros(rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            y[r, c] = torch.sum(x[r:r + k, c:c + k] * w)
    return y


def conv2d_weight_grad(x, dy):
    # the same sliding, with dy as the kernel (it may be a rectangle)
    rows, cols = x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1
    dw = torch.zeros(rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            dw[r, c] = torch.sum(x[r:r + dy.shape[0], c:c + dy.shape[1]] * dy)
    return dw


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    dx = torch.zeros(dy.shape[0] + k - 1, dy.shape[1] + k - 1, dtype=dy.dtype)
    for r in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            dx[r:r + k, c:c + k] += dy[r, c] * w  # give back to every pixel what this output took from it
    return dx


def sgd_step(w, dw, lr):
    return w - dw * lr


def weight_grad_std(m, sigma_x, sigma_dy):
    variance = m * m * sigma_x ** 2 * sigma_dy ** 2  # m*m independent products
    return variance ** 0.5


def max_pool_backward(x, dy, kernel=2):
    dx = torch.zeros_like(x)
    for r in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            top, left = r * kernel, c * kernel
            where = int(torch.argmax(x[top:top + kernel, left:left + kernel]))
            dx[top + where // kernel, left + where % kernel] = dy[r, c]
    return dx


def avg_pool_backward(x, dy, kernel=2):
    dx = torch.zeros_like(x)
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            dx[r, c] = dy[r // kernel, c // kernel] / (kernel * kernel)
    return dx


def conv_transpose2d(x, w, stride=1):
    k = w.shape[0]
    y = torch.zeros((x.shape[0] - 1) * stride + k, (x.shape[1] - 1) * stride + k, dtype=x.dtype)
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            y[r * stride:r * stride + k, c * stride:c * stride + k] += x[r, c] * w
    return y


def dilated_conv2d(x, w, dilation=1):
    k = w.shape[0]
    reach = (k - 1) * dilation
    y = torch.zeros(x.shape[0] - reach, x.shape[1] - reach, dtype=x.dtype)
    for r in range(y.shape[0]):
        for c in range(y.shape[1]):
            y[r, c] = torch.sum(x[r:r + reach + 1:dilation, c:c + reach + 1:dilation] * w)
    return y


# ---------- Part C ----------


def averaging_filter(image, size=3):
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    padded = np.pad(picture, ((size - 1) // 2, size // 2), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size))
    means = windows.mean(axis=(2, 3)).astype(picture.dtype)
    return torch.from_numpy(means) if isinstance(image, torch.Tensor) else means


def laplacian_filter(image):
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    p = np.pad(picture, 1, mode="edge")  # one pixel of mirror is the edge itself
    result = p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * picture
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result


if __name__ == "__main__":
    for row in layer_table(["conv3-10", "pool-2", "conv3-10", "pool-2", "flatten", "fc-3"], (28, 28, 1)):
        print(*row)


# ---------- Part D ----------

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


# ---------- Part E ----------

import copy

import numpy as np
import torch
from torch import nn

STATES = dict(SGD=0, SGD_WITH_MOMENTUM=1, ADAM=2)


def _unique(model):
    return {id(p): p for p in model.parameters()}.values()


def count_parameters(model, only_trainable=False):
    numbers = [np.prod(tuple(p.shape), dtype=np.int64) for p in _unique(model) if p.requires_grad or not only_trainable]
    return np.int64(sum(numbers))


def model_size_mb(model):
    return np.float64(sum(p.nbytes for p in _unique(model)) / 1e6)


def optimizer_state_mb(model, optimizer):
    try:
        number = STATES[optimizer]
    except KeyError:
        raise ValueError(f"unknown optimizer: {optimizer}") from None
    return torch.tensor(number * sum(p.nbytes for p in _unique(model) if p.requires_grad) / 1e6, dtype=torch.float64)


def estimate_training_memory_mib(model, optimizer, batch_shape):
    shadow = copy.deepcopy(model).to(device="meta")
    total = [4 * int(np.prod(batch_shape))]

    def count(layer, args, output):
        if isinstance(layer, nn.MaxPool2d):
            total[0] += output.numel() * 8  # where the maxima were
        if isinstance(layer, nn.Flatten):
            return  # a view
        if isinstance(layer, nn.ReLU) and layer.inplace:
            return  # writes into its input
        total[0] += output.numel() * 4

    for layer in shadow.modules():
        if len(list(layer.children())) == 0:
            layer.register_forward_hook(count)
    shadow(torch.zeros(*batch_shape, device="meta"))
    weights = 4 * int(count_parameters(model))
    trained = 4 * int(count_parameters(model, True))
    return (weights + trained * (1 + STATES[optimizer]) + total[0]) / 1024 / 1024


def largest_batch_size(candidates, fits):
    sizes = sorted(candidates)
    low, high = 0, len(sizes)
    while low < high:
        middle = (low + high) // 2
        try:
            good = bool(fits(sizes[middle]))
        except torch.cuda.OutOfMemoryError:
            good = False
        if good:
            low = middle + 1
        else:
            high = middle
    return np.int64(sizes[low - 1]) if low else None


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    for p in model.parameters():
        p.grad = None
    n, total = inputs.shape[0], torch.zeros(())
    for x, y in zip(torch.split(inputs, micro_batch), torch.split(targets, micro_batch)):
        loss = criterion(model(x), y) * x.shape[0]
        (loss / n).backward()
        total += loss.detach()
    return total / n


def scaled_lr(batch_size, base_lr=1e-4, base_batch=4, cap=0.0064):
    return np.minimum(base_lr / base_batch * batch_size, cap)


# ---------- Figures ----------

import matplotlib.pyplot as plt
import numpy as np


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    plt.figure(figsize=(8, 5))
    plt.plot(counts, cnn_accuracy, "b-o", label="CNN")
    plt.plot(counts, mlp_accuracy, "r--s", label="MLP")
    plt.xscale("log")
    plt.title("Data efficiency")
    plt.xlabel("# images per class")
    plt.ylabel("Validation accuracy")
    plt.legend()
    plt.grid(True)
    plt.tight_layout()
    plt.show()


def plot_confusion(confusion, class_names):
    confusion = np.array(confusion)
    plt.figure()
    plt.imshow(confusion, interpolation="nearest", cmap=plt.cm.Blues)
    plt.title("Confusion matrix")
    plt.colorbar()
    ticks = np.arange(len(class_names))
    plt.xticks(ticks, class_names, rotation=45)
    plt.yticks(ticks, class_names)
    threshold = confusion.max() / 2.0
    for i in range(confusion.shape[0]):
        for j in range(confusion.shape[1]):
            color = "white" if confusion[i, j] > threshold else "black"
            plt.text(j, i, format(confusion[i, j], "d"), horizontalalignment="center", color=color)
    plt.ylabel("True label")
    plt.xlabel("Predicted label")
    plt.tight_layout()
    plt.show()


# ---------- Written answers ----------

answer_w1 = """
Three kernels of `conv1` after training (seed 0):

| kernel | what I see | answers to |
|---|---|---|
| 0 | light band above a dark one | **horizontal** edges |
| 1 | the same, turned | **vertical** edges |
| 2 | nearly flat | brightness; it seems to serve as a reference |

With seed 1 the signs of 0 and 1 are swapped, so the sign alone means nothing.
"""

answer_w8 = """
Max pooling keeps the strongest answer of a window, so a thin edge survives the halving. Average pooling dilutes it:
one bright row of $k$ becomes $1/k$ of its strength. Backwards (b6, b7) max sends the whole gradient to one pixel, the average a
$k^2$-th to each.
"""

answer_w9 = (
    "Adam: it keeps two numbers beside each parameter (e3: 2 x 232.7 MB for ResNet-152), momentum one, plain SGD none. "
    "At batch 64 of ResNet-18 this is little beside the activations, 20 MiB a picture."
)
