"""Applies a ReLU to the logits as well."""

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(784, 128)
        self.hidden2 = nn.Linear(128, 64)
        self.output = nn.Linear(64, 10)

    def forward(self, x):
        x = x.flatten(1)
        for layer in (self.hidden1, self.hidden2, self.output):
            x = torch.relu(layer(x))
        return x
