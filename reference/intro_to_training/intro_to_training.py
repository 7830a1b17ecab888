# ruff: noqa: T201 - the examples of a hand-out print their results

# %% [markdown]
# # PyTorch and Intro to Training
#
# Ten handwritten digits, two networks, one loop. The loop is the point: *forward, loss, backward, step*. Nearly every
# network that you have heard of was trained by those four words, and here you write them down once, cleanly, so that
# you can use them for the rest of the course.
#
# **What you will learn**
#
# | part | afterwards you can | points |
# |---|---|---|
# | A. Data and a first model | look at what a loader gives you, and write a network as a class | 16 |
# | B. The training loop | train, evaluate and plot, and say what each line is there for | 46 + 5 |
# | C. A GPU | move model and data to a device, and judge whether that was worth it | 8 + 5 |
# | D. A convolutional network | write a network that takes pictures of any size, and train it with the same loop | 24 + 5 |
# | E. What it costs | count multiplications and parameters, and explain your timings with them | 6 + 5 |
#
# The second number is for the written answers w4, w6, w9 and w10, which a person reads.
#
# **How to work.** Each function below ends in `raise NotImplementedError`. Replace that line and keep the name, the
# arguments and the docstring: the docstring is the specification. The functions are graded one by one and each with
# its own inputs, so you may solve them in any order, and a mistake in one does not cost you the next. You may add
# helper functions, methods and cells wherever you like.
#
# **How to check yourself.** As often as you want, in seconds:
#
# ```
# python grade.py check intro_to_training PATH
# ```
#
# where `PATH` is this notebook, or the `.py` file, or the folder it lies in. You see the same public checks as the
# grader, each with an input on which your function fails. The final grading adds hidden checks: other models, other
# optimizers, other sizes, and the corner cases that the docstrings mention. So read those.
#
# **Conventions**
#
# - Pictures are `float32` tensors `(B, channels, height, width)`, labels are `int64` tensors `(B,)`.
# - A *loader* is anything that you can loop over to get batches `(pictures, labels)`, and whose `len()` is the number
#   of batches. The last batch may be smaller than the others.
# - A *criterion* is called as `criterion(logits, labels)` and gives the mean loss over the batch, a 0-d tensor.
# - A loss that you return is a Python `float`, an accuracy is a fraction between 0 and 1.
# - Do not print, plot or save inside the graded functions more than you need: they are called a few hundred times.

# %%
import math
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

# %matplotlib inline

Loader = Iterable[tuple[torch.Tensor, torch.Tensor]]
Criterion = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@contextmanager
def try_it() -> Iterator[None]:
    """Run the example below it; an error ends the example with a note and lets the rest of the file go on."""
    try:
        yield
    except NotImplementedError as reason:
        print(reason)
    except Exception:  # noqa: BLE001 - an example must not cost you the functions below it
        traceback.print_exc()


# %% [markdown]
# ### Something to try it on
#
# The real thing is MNIST: 60,000 pictures for training and 10,000 for testing, 28 x 28 pixels, in shades of grey.
# `mnist_loaders` of the course's file `provided.py` loads it, and fetches it when it is not there yet. It *normalises*
# too: it subtracts the mean 0.1307 of all pixels and divides by their standard deviation 0.3081, so that the network
# sees numbers around 0 of size 1.
#
# For first tries a minute is too long. The loader below makes 200 tiny "digits" in no time: noise, with a bright bar
# whose place is the label. If your code is right, a network learns them in a second.


# %%
def bars(count: int = 200, batch_size: int = 32, side: int = 28, seed: int = 0) -> DataLoader:
    """Return a loader of noisy pictures (1, side, side) with a bright vertical bar at one of ten places, the label."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.randint(10, (count,), generator=random)
    pictures = 0.5 * torch.randn(count, 1, side, side, generator=random)
    columns = torch.arange(side) * 10 // side
    pictures += 2.0 * (columns == labels[:, None])[:, None, None, :]
    return DataLoader(TensorDataset(pictures, labels), batch_size=batch_size, shuffle=True, generator=random)


# %% [markdown]
# ## Part A. Data and a first model
#
# ### q1. What does a loader give? (6 points)
#
# Before you write a network, look at one batch. A loader is not a list, it has no `loader[0]`; but you can loop over
# it, and `iter` and `next` take the first turn of a loop by hand:
#
# ```
# numbers = iter([10, 20, 30])
# next(numbers)                    # 10
# ```
#
# *Example.* For MNIST with batches of 64 the pictures have shape `(64, 1, 28, 28)` and dtype `torch.float32`, the
# labels have shape `(64,)` and dtype `torch.int64`.
#
# *Pitfall.* Ask the tensors, do not write down what you expect: other data sets have other sizes and other dtypes.


# %%
def describe_batch(loader: Loader) -> dict[str, tuple[int, ...] | torch.dtype]:
    """Return the shapes and dtypes of the first batch of a loader, the batch dimension included.

    The keys are `sample_shape`, `sample_dtype`, `label_shape` and `label_dtype`; shapes are tuples of int, dtypes are
    torch dtypes. It works for samples and labels of every shape.
    """
    samples, labels = next(iter(loader))
    return {
        "sample_shape": tuple(samples.shape),
        "sample_dtype": samples.dtype,
        "label_shape": tuple(labels.shape),
        "label_dtype": labels.dtype,
    }


# %%
with try_it():
    for key, value in describe_batch(bars()).items():
        print(f"{key:13}", value)

# %% [markdown]
# ### m1. A multilayer perceptron (10 points)
#
# A network in PyTorch is a class: `__init__` makes the layers, `forward` says how the data go through them. Because
# the layers are attributes, `model.parameters()` finds their weights, and `model.to(device)` moves them.
#
# ```
#   (B, 28, 28) or (B, 1, 28, 28)
#         |  flatten: every picture becomes one row of 28 * 28 = 784 numbers
#     (B, 784)
#         |  linear 784 -> 128, then ReLU
#     (B, 128)
#         |  linear 128 -> 64, then ReLU
#      (B, 64)
#         |  linear 64 -> 10
#      (B, 10)     the logits: one number for each digit
# ```
#
# A linear layer from $n$ to $m$ computes $y = xW^T + b$ and has $nm + m$ parameters. All three together:
# $784 \cdot 128 + 128 + 128 \cdot 64 + 64 + 64 \cdot 10 + 10 = 109{,}386$.
#
# *Pitfall.* No softmax at the end: `nn.CrossEntropyLoss` takes logits and does the softmax itself, in a way that does
# not overflow. A second softmax does not raise anything. It makes the network learn slowly, which is worse.
#
# *Pitfall.* Nor a ReLU at the end: a logit may be negative.
#
# *Pitfall.* Flatten *each picture*, never the whole batch, and do not `squeeze()`: a batch of one picture is a batch.


# %%
class MLP(nn.Module):
    """A perceptron for pictures of 28 x 28: linear 784-128, ReLU, linear 128-64, ReLU, linear 64-10.

    Make the layers in `__init__` in the order in which the data go through them. 109,386 parameters.
    """

    def __init__(self) -> None:
        """Make the layers."""
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden1 = nn.Linear(784, 128)
        self.hidden2 = nn.Linear(128, 64)
        self.output = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, 10), no softmax, of pictures (B, 28, 28) or (B, 1, 28, 28), B at least 1."""
        # hint: nn.Flatten() and x.flatten(1) keep the first dimension and join all others.
        x = self.flatten(x)
        x = torch.relu(self.hidden1(x))
        x = torch.relu(self.hidden2(x))
        return self.output(x)


# %%
with try_it():
    print("parameters:", sum(parameter.numel() for parameter in MLP().parameters()))
    print("logits:    ", tuple(MLP()(torch.zeros(5, 1, 28, 28)).shape), tuple(MLP()(torch.zeros(1, 28, 28)).shape))

# %% [markdown]
# ## Part B. The training loop
#
# ### q3a. One epoch of training (14 points)
#
# An epoch is one pass over the training data. For each batch:
#
# | line | why |
# |---|---|
# | move the batch to the device | a model on a GPU cannot read pictures in main memory |
# | `optimizer.zero_grad()` | `backward` *adds* to `.grad`: without this the old batches keep pushing |
# | forward pass, then loss | the loss is one number, and the graph behind it remembers how it came about |
# | `loss.backward()` | puts $\partial\,\text{loss} / \partial p$ into `p.grad`, for each parameter $p$ |
# | `optimizer.step()` | changes each parameter by its rule; for plain SGD $p \leftarrow p - \eta\, p.\text{grad}$ |
#
# And before the first batch `model.train()`: dropout and batch normalisation behave differently in training, and the
# last thing somebody did with your model may have been to evaluate it.
#
# The function returns some of the losses, so that you can plot them later: those of batch 0, `log_every`,
# `2 * log_every` and so on. With 938 batches and `log_every=100` these are the ten batches 0, 100, ..., 900.
#
# *Pitfall.* `loss` is a tensor that holds on to its graph, and a list of them holds on to all graphs. `loss.item()`
# is the number alone.
#
# *Pitfall.* The loss belongs to the batch *before* its step. Do not compute it again.


# %%
def train_epoch(
    model: nn.Module,
    loader: Loader,
    optimizer: torch.optim.Optimizer,
    criterion: Criterion,
    device: str = "cpu",
    log_every: int = 100,
) -> list[float]:
    """Train for one epoch and return the losses of the batches 0, log_every, 2 * log_every, ..., as floats.

    The model is put into training mode and onto the device. Every batch of the loader is used once, in its order, and
    on the device: forward, loss, backward, one step of the optimizer, which has the model's parameters. Gradients of
    earlier batches take no part. The loss of a batch is that of before its step.
    """
    # hint: enumerate(loader) counts the batches from 0; index % log_every == 0 picks those that are logged.
    model.to(device)
    model.train()
    losses = []
    for index, (pictures, labels) in enumerate(loader):
        pictures, labels = pictures.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(pictures), labels)
        loss.backward()
        optimizer.step()
        if index % log_every == 0:
            losses.append(loss.item())
    return losses


# %%
with try_it():
    model = MLP()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for epoch in range(3):
        losses = train_epoch(model, bars(), optimizer, nn.CrossEntropyLoss(), log_every=3)
        print(f"epoch {epoch + 1}:", *(f"{loss:.3f}" for loss in losses))

# %% [markdown]
# ### q3b. How good is it? (12 points)
#
# On data that were not trained on, without changing anything: `model.eval()` switches dropout off and lets batch
# normalisation use the averages it has collected, and under `torch.no_grad()` no graph is built, which saves time and
# memory. No optimizer is needed here, which is a good sign.
#
# The prediction for a picture is the digit with the largest logit. Two numbers come back, and they are averaged in
# two ways:
#
# - the *loss* is the mean of the batches' losses: each batch counts once;
# - the *accuracy* is the fraction of all *samples* whose prediction is right: each sample counts once.
#
# *Example.* Ten samples in batches of 4, 4 and 2. Say 4, 4 and 0 of them are right. Then the accuracy is 8/10. The
# mean of the batches' accuracies would be (1 + 1 + 0) / 3 = 0.67: it lets each sample of the small last batch count
# twice.
#
# *Pitfall.* In test mode too the labels must be on the model's device.


# %%
def evaluate(model: nn.Module, loader: Loader, criterion: Criterion, device: str = "cpu") -> tuple[float, float]:
    """Return the mean loss over the batches and the accuracy over the samples, as `(loss, accuracy)`, both floats.

    The model is put onto the device and into evaluation mode, in which it may be left. No graph is built for autograd,
    and nothing is changed: parameters, buffers, gradients and `requires_grad` stay as they were. Outside of this
    function autograd is as it was before. The last batch may be smaller than the others.
    """
    model.to(device)
    model.eval()
    loss, batches, correct, samples = 0.0, 0, 0, 0
    with torch.no_grad():
        for pictures, labels in loader:
            pictures, labels = pictures.to(device), labels.to(device)
            logits = model(pictures)
            loss += criterion(logits, labels).item()
            batches += 1
            correct += (logits.argmax(dim=1) == labels).sum().item()
            samples += len(labels)
    return loss / batches, correct / samples


# %%
with try_it():
    loss, accuracy = evaluate(MLP(), bars(100, seed=1), nn.CrossEntropyLoss())
    print(f"loss {loss:.3f}, accuracy {accuracy:.3f}")
    print(f"to compare: the loss of pure guessing is ln 10 = {math.log(10):.3f}")

# %% [markdown]
# ### q3c. The whole training (12 points)
#
# Train an epoch, test, and again; and write down what happened, and when. "When" is counted in *steps of the
# optimizer since the beginning*, over all epochs, so that training and test losses share one axis:
#
# ```
#   epoch          |       1       |       2       |
#   batch in epoch | 0  1  2  3  4 | 0  1  2  3  4 |
#   step           | 1  2  3  4  5 | 6  7  8  9 10 |
#   train loss     | x        x    | x        x    |   log_every = 3:  steps 1, 4, 6, 9
#   test                          x|              x|   after steps 5, 10
# ```
#
# The first batch is step 1, not 0: after it one step has been done (and a logarithmic x-axis has no 0). The counting
# of the logged batches starts anew in each epoch, as in `train_epoch`; the counting of steps goes on.
#
# *Pitfall.* An epoch's time includes its test. `time.perf_counter()` is the clock for durations: `time.time()` may
# jump when the computer's clock is set. On a GPU work goes on in the background, and the clock must wait for it;
# `.item()` waits, because it needs the number.


# %%
def fit(
    model: nn.Module,
    train_loader: Loader,
    test_loader: Loader,
    optimizer: torch.optim.Optimizer,
    criterion: Criterion,
    epochs: int,
    device: str = "cpu",
    log_every: int = 100,
) -> dict[str, list[int] | list[float] | float]:
    """Train a model for some epochs, evaluate it after each one, and return the history of it as a dict.

    | key | value |
    |---|---|
    | `train_steps` | for each loss in `train_losses` the number of its batch, counted from 1 and through all epochs |
    | `train_losses` | losses of the batches 0, log_every, 2 * log_every, ... of each epoch, before their step |
    | `test_steps` | for each test the number of optimizer steps done by then; one test after each epoch |
    | `test_losses`, `test_accuracy` | what the tests gave, as in `evaluate` |
    | `epoch_seconds` | the wall time of each epoch, its test included |
    | `total_seconds` | the wall time of everything, one float; not less than the sum of the epochs |

    The steps are ints, the other numbers are floats, and all but the last are lists. The model that was passed in is the
    one that is trained. Both loaders have a length, and the last batch of each may be smaller than the others.
    """
    # hint: you may call train_epoch and evaluate. Batch i of an epoch is step (steps before the epoch) + i + 1.
    history = {"train_steps": [], "train_losses": [], "test_steps": [], "test_losses": [], "test_accuracy": []}
    seconds = []
    steps = 0
    start = time.perf_counter()
    for _ in range(epochs):
        epoch_start = time.perf_counter()
        losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every)
        history["train_steps"] += [steps + index * log_every + 1 for index in range(len(losses))]
        history["train_losses"] += losses
        steps += len(train_loader)
        loss, accuracy = evaluate(model, test_loader, criterion, device)
        history["test_steps"].append(steps)
        history["test_losses"].append(loss)
        history["test_accuracy"].append(accuracy)
        seconds.append(time.perf_counter() - epoch_start)
    return {**history, "epoch_seconds": seconds, "total_seconds": time.perf_counter() - start}


# %%
with try_it():
    model = MLP()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for key, value in fit(model, bars(), bars(100, seed=1), optimizer, nn.CrossEntropyLoss(), epochs=2, log_every=3).items():
        print(f"{key:14}", [round(item, 3) for item in value] if isinstance(value, list) else round(value, 3))

# %% [markdown]
# ### q2. The picture of a training (8 points)
#
# A loss falls fast at first and slowly later: on an ordinary axis the interesting half is a flat line at the bottom.
# On a logarithmic y-axis equal *factors* have equal heights, and you can see whether it still falls.
#
# Draw both losses into one coordinate system, against the steps, so that they can be compared. Training losses are
# noisy, since each is the loss of one batch only. Label both axes, and say in a legend which is which.
#
# *Pitfall.* `plt.plot` draws into whatever figure is open. When the function is called twice, both histories end up
# in one figure. `plt.subplots()` makes a new one each time.


# %%
def plot_losses(history: dict[str, list[int] | list[float] | float]) -> Figure:
    """Return a new figure with the training and the test losses of a history (see `fit`) against the steps.

    Both are drawn on the same axes, as lines or points, exactly the history's data. The y-axis is logarithmic, both axes
    have a label, and a legend whose entries contain the words "train" and "test" tells the two apart.
    """
    figure, axes = plt.subplots()
    axes.plot(history["train_steps"], history["train_losses"], label="training (one batch)")
    axes.plot(history["test_steps"], history["test_losses"], "o-", label="test (all batches)")
    axes.set_yscale("log")
    axes.set_xlabel("steps of the optimizer")
    axes.set_ylabel("cross-entropy loss")
    axes.legend()
    return figure


# %%
with try_it():
    plot_losses(
        {
            "train_steps": [1, 101, 201, 301, 401, 469, 569, 669, 769, 869],
            "train_losses": [2.31, 0.61, 0.38, 0.41, 0.29, 0.33, 0.21, 0.26, 0.17, 0.2],
            "test_steps": [468, 936],
            "test_losses": [0.29, 0.21],
        }
    )

# %% [markdown]
# ### Now for real
#
# Set `EXPERIMENTS` to True, run the cell below, and look at your picture. On a laptop the twenty epochs take a few
# minutes. Your observations go into the written answers; **set it back to False before you hand in**, because the
# grader runs your file from top to bottom and does not wait that long.

# %%
EXPERIMENTS = False
DATA = "data"  # the folder of the data sets


def mnist_history(model: nn.Module, epochs: int, device: str = "cpu", batch_size: int = 64) -> dict:
    """Train a model on MNIST by your `fit`, print the last test, and return the history."""
    from provided import mnist_loaders  # the course's file; it lies beside this one

    train_loader, test_loader = mnist_loaders(DATA, batch_size=batch_size)
    optimizer = torch.optim.SGD(model.to(device).parameters(), lr=0.01)
    history = fit(model, train_loader, test_loader, optimizer, nn.CrossEntropyLoss(), epochs, device)
    print(f"{type(model).__name__} on {device}: {epochs} epochs in {history['total_seconds']:.1f} s, ", end="")
    print(f"test loss {history['test_losses'][-1]:.4f}, accuracy {history['test_accuracy'][-1]:.4f}")
    return history


with try_it():
    if EXPERIMENTS:
        plot_losses(mnist_history(MLP(), epochs=20))

# %% [markdown] tags=["answer-w4"]
# ### w4. Should training go on? (5 points, written)
#
# You have trained the MLP for 20 epochs. Look at your figure: should one go on training? Say what you see in the
# training loss, what you see in the test loss, what it means when the two part, and what you would do.
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown]
# ## Part C. A GPU
#
# ### q5. The same on a GPU (8 points)
#
# Nothing to write, if you have been careful: q5 runs your `train_epoch` and `evaluate` with `device="cuda"`. The model
# and each batch must be moved there *by your functions*; the loader that you are given keeps its data in main memory.
# It is checked where the grader has a GPU; where it has none, q5 is left out of your score.
#
# - `model.to(device)` moves a module in place. `tensor.to(device)` *returns* the moved tensor: `x.to(device)` on a line
#   of its own does nothing.
# - The losses agree with those on the CPU to about two digits, not to the last bit: sums are done in another order.

# %%
with try_it():
    if EXPERIMENTS and torch.cuda.is_available():
        for device in ("cpu", "cuda"):
            mnist_history(MLP(), epochs=20, device=device)

# %% [markdown] tags=["answer-w6"]
# ### w6. Is the GPU as fast as you expected? (5 points, written)
#
# Compare the times of 20 epochs of the MLP on the CPU and on the GPU (a free one, as in Colab, will do). Is the
# speed-up what you would expect from the two devices? What else takes time in an epoch, and how could you find out?
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown]
# ## Part D. A convolutional network
#
# ### m2. A small CNN (12 points)
#
# The MLP does not know that pixels have neighbours: shuffle the pixels of all pictures in the same way and it learns
# just as well. A convolution looks at 3 x 3 neighbours, with the same weights everywhere. Stride 2 halves the sides;
# the number of channels doubles meanwhile.
#
# ```
#     (B, 1, h, w)                                        28 x 28
#         |  conv 1 -> 32, 3 x 3, stride 1, padding 1, then ReLU
#     (B, 32, h, w)                                       28 x 28
#         |  conv 32 -> 64, 3 x 3, stride 2, padding 1, then ReLU
#     (B, 64, h/2, w/2)                                   14 x 14
#         |  conv 64 -> 128, 3 x 3, stride 2, padding 1, then ReLU
#     (B, 128, h/4, w/4)                                    7 x 7
#         |  global max pooling: the largest of each channel
#     (B, 128)
#         |  linear 128 -> 64, then ReLU
#     (B, 64)
#         |  linear 64 -> 10
#     (B, 10)
# ```
#
# Global pooling is what makes the network independent of the size of the picture: whatever is left of height and
# width, one number for each channel remains. It has fewer parameters than the MLP: 101,578.
#
# *Pitfall.* `nn.MaxPool2d(7)` is global for 28 x 28 and for nothing else.


# %%
class CNN(nn.Module):
    """Three convolutions 3 x 3 with padding 1 (1-32 stride 1, 32-64 stride 2, 64-128 stride 2), each followed by ReLU;
    global max pooling; linear 128-64, ReLU, linear 64-10.

    Make the layers in `__init__` in the order in which the data go through them. 101,578 parameters.
    """

    def __init__(self) -> None:
        """Make the layers."""
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 128, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.classifier = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, 10), no softmax, of square pictures (B, 1, n, n), n at least 8 and B at least 1."""
        # hint: x.amax(dim=(2, 3)) is the largest number of each channel of each picture.
        return self.classifier(self.features(x).amax(dim=(2, 3)))


# %%
with try_it():
    print("parameters:", sum(parameter.numel() for parameter in CNN().parameters()))
    for side in (28, 8, 33):
        print(f"logits of pictures of {side} x {side}:", tuple(CNN()(torch.zeros(2, 1, side, side)).shape))

# %% [markdown]
# ### q7. It learns (8 points)
#
# Nothing to write here either. The grader makes your `CNN`, lets your `fit` train it for two epochs, and then shows
# it pictures that neither of them has seen. An accuracy of 0.90 earns all points, 0.80 half of them; a correct network
# and loop get above 0.95.
#
# ### q8. It learns faster on a GPU (4 points)
#
# The same on `device="cuda"`, where the grader has one: an epoch with batches of 256 takes less time there than on the
# CPU.

# %%
with try_it():
    if EXPERIMENTS:
        for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
            plot_losses(mnist_history(CNN(), epochs=3, device=device, batch_size=256))

# %% [markdown] tags=["answer-w9"]
# ### w9. CPU and GPU for the CNN (5 points, written)
#
# How long does an epoch of the CNN take on the CPU and on the GPU, and how does that speed-up differ from the MLP's?
# Why?
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown]
# ## Part E. What it costs
#
# ### p1. Multiplications and parameters (6 points)
#
# A *multiply-accumulate* (MAC) is one multiplication and one addition, the work of one weight at one place.
#
# | layer | MACs for one sample | parameters |
# |---|---|---|
# | linear $n \to m$ | $n\,m$ | $n\,m + m$ |
# | convolution $k \times k$, $c \to f$ channels, output $h \times w$ | $h\,w\,f\,c\,k^2$ | $f\,c\,k^2 + f$ |
#
# The weights of a linear layer are used once for each sample, those of a convolution once for each place: here the
# two counts part. The package `thop` counts both with one call, `thop.profile(model, inputs=(x,))`; you may use it, or
# count yourself with forward hooks, which see the output of each layer.
#
# *Example.* The MLP: $784 \cdot 128 + 128 \cdot 64 + 64 \cdot 10 = 109{,}184$ MACs.
#
# *Pitfall.* FLOPs are not MACs: one MAC is two floating-point operations.
#
# *Pitfall.* A count is for *one* sample, also when the shape that you are given says a batch of eight.
#
# *Pitfall.* Leave the model as it was: take your hooks off again, and mind that a forward pass in training mode moves
# the averages of batch normalisation. `thop` leaves counters of its own in some layers: give it a copy of the model.


# %%
def profile_model(model: nn.Module, input_shape: tuple[int, ...]) -> tuple[float, float]:
    """Return the multiply-accumulates for one sample and the number of parameters, as `(macs, params)`.

    `input_shape` has the batch dimension in front, e.g. (1, 1, 28, 28). Convolution and linear layers count; whether
    cheap layers (normalisation, pooling, activations, biases) are counted too, as thop does for some, is up to you. The
    model is on the CPU. It is left as it was: no hooks, no further attributes, the same state_dict.
    """
    # hint: layer.register_forward_hook(f) calls f(layer, inputs, output) and returns a handle with a remove().
    macs = 0

    def count(layer: nn.Module, _: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal macs
        macs += output.numel() * layer.weight[0].numel()  # each output number is a sum over the weights of one filter

    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, *input_shape[1:]))
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return macs, sum(parameter.numel() for parameter in model.parameters())


# %%
with try_it():
    for network in (MLP(), CNN()):
        macs, params = profile_model(network, (1, 1, 28, 28))
        print(f"{type(network).__name__}: {macs:,.0f} MACs, {params:,.0f} parameters")

# %% [markdown] tags=["answer-w10"]
# ### w10. Do the counts explain the times? (5 points, written)
#
# Put the MACs and parameters of both networks beside your timings on the CPU and on the GPU. Do MACs explain the
# difference between the networks? Do parameters? Where do they not, and what is missing?
#
# **Your answer:**
#
# *Your answer here.*
