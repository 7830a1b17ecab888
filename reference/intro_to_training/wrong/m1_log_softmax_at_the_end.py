"""Applies a log-softmax to the logits, as older tutorials do."""

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
        x = torch.relu(self.hidden1(x))
        x = torch.relu(self.hidden2(x))
        return nn.functional.log_softmax(self.output(x), dim=1)
