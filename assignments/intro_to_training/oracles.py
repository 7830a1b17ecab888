"""What should have come: the two networks as functions of their weights, training step by step, and counts of work.

All of it runs in the judge, on the CPU, and is written apart from the reference: networks are functional, training keeps
every loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

Batches = Iterable[Sequence[torch.Tensor]]

# The parameters of both networks in the order of their definition.
MLP_SHAPES = ((128, 784), (128,), (64, 128), (64,), (10, 64), (10,))
CNN_SHAPES = (
    *((32, 1, 3, 3), (32,), (64, 32, 3, 3), (64,), (128, 64, 3, 3), (128,)),
    *((64, 128), (64,), (10, 64), (10,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twist:
    """What a student may do to a network: where ReLUs stand, how it pools, what it does to the logits."""

    relus: Sequence[bool] = (True, True, True, True)  # after the convolutions, and after the first linear layer
    pooling: str = "max"
    logits: str = ""  # name of a function that is applied to them


def random_weights(shapes: Sequence[tuple[int, ...]], seed: int) -> list[torch.Tensor]:
    """Return weights that keep the size of what goes through them (He et al. 2015), and biases that are not small."""
    random = torch.Generator().manual_seed(seed)
    weights = []
    for shape in shapes:
        fan_in = torch.Size(shape[1:]).numel()
        scale = (2 / fan_in) ** 0.5 if len(shape) > 1 else 0.5
        weights.append(scale * torch.randn(shape, generator=random))
    return weights


def mlp(x: torch.Tensor, weights: Sequence[torch.Tensor], twist: Twist | None = None) -> torch.Tensor:
    """Return the logits (B, 10) of pictures (B, 28, 28) or (B, 1, 28, 28)."""
    twist = twist or Twist()
    w1, b1, w2, b2, w3, b3 = weights
    x = _relu(F.linear(x.flatten(1), w1, b1), twist.relus[0])
    x = _relu(F.linear(x, w2, b2), twist.relus[1])
    return _end(F.linear(x, w3, b3), twist)


def cnn(x: torch.Tensor, weights: Sequence[torch.Tensor], twist: Twist | None = None) -> torch.Tensor:
    """Return the logits (B, 10) of pictures (B, 1, n, n)."""
    twist = twist or Twist()
    for index, stride in enumerate((1, 2, 2)):
        x = F.conv2d(x, weights[2 * index], weights[2 * index + 1], stride=stride, padding=1)
        x = _relu(x, twist.relus[index])
    x = x.flatten(2).max(dim=2).values if twist.pooling == "max" else x.flatten(2).mean(dim=2)
    x = _relu(F.linear(x, weights[6], weights[7]), twist.relus[3])
    return _end(F.linear(x, weights[8], weights[9]), twist)


def _relu(x: torch.Tensor, wanted: bool) -> torch.Tensor:
    return x.clamp(min=0) if wanted else x


def _end(logits: torch.Tensor, twist: Twist) -> torch.Tensor:
    ends = {"softmax": lambda x: x.softmax(1), "log_softmax": lambda x: x.log_softmax(1), "relu": lambda x: x.clamp(min=0)}
    return ends.get(twist.logits, lambda x: x)(logits)


class Descent:
    """Makes steps down the gradient, by the definitions; torch's own optimizers take seconds to import what they need.

    `name` is "sgd", "groups" (biases with a tenth of the rate) or "adam" (Kingma & Ba 2015, algorithm 1).
    """

    def __init__(self, model: nn.Module, name: str, rate: float, *, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        """Take the parameters of a model that are trained."""
        trained = [(key, value) for key, value in model.named_parameters() if value.requires_grad]
        self._rates = [(value, rate / 10 if name == "groups" and key.endswith("bias") else rate) for key, value in trained]
        self._is_adam = name == "adam"
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._steps = 0
        self._means = [torch.zeros_like(value) for value, _ in self._rates]
        self._squares = [torch.zeros_like(value) for value, _ in self._rates]

    def step(self) -> None:
        """Change each parameter by its gradient."""
        self._steps += 1
        with torch.no_grad():
            for (value, rate), mean, square in zip(self._rates, self._means, self._squares, strict=True):
                gradient = value.grad + self._weight_decay * value
                if self._is_adam:
                    value -= rate * self._adam(gradient, mean, square)
                else:
                    value -= rate * mean.mul_(self._momentum).add_(gradient)

    def _adam(self, gradient: torch.Tensor, mean: torch.Tensor, square: torch.Tensor) -> torch.Tensor:
        mean.mul_(0.9).add_(0.1 * gradient)
        square.mul_(0.999).add_(0.001 * gradient**2)
        size = (square / (1 - 0.999**self._steps)).sqrt() + 1e-8
        return mean / (1 - 0.9**self._steps) / size


def epoch_losses(
    model: nn.Module, batches: Batches, descent: Descent, criterion: nn.Module, *, clears: bool = True
) -> list[float]:
    """Train for an epoch and return the loss of each batch, before its step; `clears=False` forgets to clear gradients."""
    model.train()
    losses = []
    for inputs, targets in batches:
        for parameter in model.parameters() if clears else ():
            parameter.grad = None
        loss = criterion(model(inputs), targets)
        loss.backward()
        descent.step()
        losses.append(float(loss.detach()))
    return losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What an evaluation finds, batch by batch."""

    losses: tuple[float, ...]
    right: tuple[int, ...]  # of each batch
    sizes: tuple[int, ...]

    @property
    def loss(self) -> float:
        """The mean over the batches."""
        return sum(self.losses) / len(self.losses)

    @property
    def accuracy(self) -> float:
        """The fraction of the samples."""
        return sum(self.right) / sum(self.sizes)


def scores(model: nn.Module, batches: Batches, criterion: nn.Module) -> Scores:
    """Evaluate a model in eval mode."""
    model.eval()
    losses, right, sizes = [], [], []
    with torch.no_grad():
        for inputs, targets in batches:
            logits = model(inputs)
            losses.append(float(criterion(logits, targets)))
            right.append(int((logits.max(dim=1).indices == targets).sum()))
            sizes.append(len(targets))
    return Scores(losses=tuple(losses), right=tuple(right), sizes=tuple(sizes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Multiply-accumulates of one forward pass of one sample, and the parameters."""

    least: int  # convolution and linear layers alone
    most: int  # every layer counted, in the dearest of the usual ways
    params: int


def work_of(model: nn.Module, shape: tuple[int, ...]) -> Work:
    """Count the work of a model on one input of this shape (no batch dimension).

    `most` adds what some counters add: one for each bias and activation, four for each output of a normalisation (thop's
    count), one for each element that a pooling reads.
    """
    least = more = 0

    def count(layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal least, more
        if isinstance(layer, nn.Conv2d):
            rows, columns = layer.kernel_size
            least += output.numel() * (layer.in_channels // layer.groups) * rows * columns
            more += output.numel()
        elif isinstance(layer, nn.Linear):
            least += output.numel() * layer.in_features
            more += output.numel()
        else:
            more += 4 * output.numel() if "Norm" in type(layer).__name__ else inputs[0].numel()

    hooks = [layer.register_forward_hook(count) for layer in model.modules() if not list(layer.children())]
    with torch.no_grad():
        model.eval()(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    return Work(least=least, most=least + more, params=sum(parameter.numel() for parameter in model.parameters()))
