"""Squeezes before it flattens, so that a batch of one picture loses its axis."""

import torch.nn.functional as F
from torch import nn


class ThreeLayerMLP(nn.Module):
    def __init__(self, input_dim=(1, 28, 28), hidden_dims=(10, 10), num_classes=3):
        super().__init__()
        c, h, w = input_dim
        self.fc1 = nn.Linear(c * h * w, hidden_dims[0])
        self.fc2 = nn.Linear(hidden_dims[0], hidden_dims[1])
        self.fc3 = nn.Linear(hidden_dims[1], num_classes)

    def forward(self, x):
        x = x.squeeze()
        x = F.relu(self.fc1(x.flatten(1) if x.ndim > 2 else x.flatten()))
        return self.fc3(F.relu(self.fc2(x)))
