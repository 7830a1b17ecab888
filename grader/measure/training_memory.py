"""The judge's own figure for the memory of training: the peak of tensor bytes while the second step of a model runs.

The second step, because an optimizer makes its state at the end of the first. One step is the forward pass, the loss
(cross-entropy against class 0), clearing the gradients (to None), the backward pass and the optimizer's step: when the forward
pass ends, weights, the last step's gradients, optimizer state, saved activations and the input are all alive. That is the sum
which a student can work out. Where gradients are cleared before the forward pass (`clears_first`), they are not among them.

Two ways to the same quantity: without a GPU, a step on fake tensors, which have shapes and no data, watched by torch's own
MemTracker; with one, a real step and the peak of torch's allocator. PyTorch's tests hold the two within 10 % of each other.
Must not know: which assignment asks, and what a submission says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import nn

MAX_DISAGREEMENT = 0.1  # of the two ways, relative: torch's own bound (test/distributed/_tools/test_mem_tracker.py)

# foreach=True, because CUDA takes it by default and the CPU does not: it decides how much an optimizer's step needs on the way.
_OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]] = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, lr=0.01, foreach=True),
    "SGD_WITH_MOMENTUM": lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9, foreach=True),
    "ADAM": lambda parameters: torch.optim.Adam(parameters, lr=0.01, foreach=True),
}
OPTIMIZERS = tuple(_OPTIMIZERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStep:
    """What is trained, and on how much at once."""

    make_model: Callable[[str], nn.Module]  # device -> a model that answers with logits (B, classes); all of it trains
    optimizer: str  # one of OPTIMIZERS
    batch_shape: tuple[int, ...]  # (B, ...)
    clears_first: bool = False  # gradients are cleared before the forward pass and not after the loss


def tracked_peak_bytes(step: TrainingStep) -> int:
    """Return the peak of tensor bytes during the second step, from fake tensors on the CPU: exact, and without rounding.

    Takes seconds for a hundred layers; no activation is allocated and nothing is computed. Raises ValueError for a model with
    frozen parameters.
    """
    # Here and not above: a figure that is known already needs neither of them, and they import hundreds of modules.
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.distributed._tools.mem_tracker import MemTracker

    with torch.random.fork_rng(devices=[]), FakeTensorMode():
        training = _Training(step, "cpu")
        training.run_step()
        # Only now: what is made inside the tracker cannot be moved between devices, and it counts peaks from here on.
        tracker = MemTracker()
        tracker.track_external(training.model, training.optimizer)
        with tracker:
            training.run_step()
        (peak,) = tracker.get_tracker_snapshot("peak").values()  # of the only device
    return int(peak["Total"])


def cuda_peak_bytes(step: TrainingStep, device: str = "cuda") -> int:
    """Return the peak of allocated bytes during a real second step on a CUDA device, without the context.

    Without the libraries' workspaces too, as far as they stay; those that a single convolution takes for itself count.
    Raises RuntimeError without such a device: torch's counters would say 0.
    """
    if not torch.cuda.is_available():
        raise RuntimeError("there is no CUDA device; measure with tracked_peak_bytes, which needs none")
    with torch.random.fork_rng(), torch.backends.cudnn.flags(enabled=True, benchmark=False):
        _open_libraries(device)
        held = torch.cuda.memory_allocated(device)
        training = _Training(step, device)
        training.run_step()
        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
        training.run_step()
        torch.cuda.synchronize(device)
        return torch.cuda.max_memory_allocated(device) - held


class _Training:
    """A model with its optimizer on a device."""

    def __init__(self, step: TrainingStep, device: str) -> None:
        self._step = step
        self._device = device
        self.model = step.make_model(device).train()
        if not all(parameter.requires_grad for parameter in self.model.parameters()):
            raise ValueError("the model has frozen parameters, and MemTracker knows no others than those that train; thaw them")
        self.optimizer = _OPTIMIZERS[step.optimizer](self.model.parameters())

    def run_step(self) -> None:
        """Train on one batch of zeros; input and loss live as long as the step."""
        if self._step.clears_first:
            self.optimizer.zero_grad(set_to_none=True)
        inputs = torch.zeros(self._step.batch_shape, device=self._device)
        targets = torch.zeros(len(inputs), dtype=torch.int64, device=self._device)
        loss = nn.functional.cross_entropy(self.model(inputs), targets)
        if not self._step.clears_first:
            self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        self.optimizer.step()


def _open_libraries(device: str) -> None:
    """Let cuBLAS and cuDNN allocate what they keep: for this thread, and for the one that runs backward passes."""
    images = torch.zeros(8, 8, 8, 8, device=device, requires_grad=True)
    weights = torch.zeros(8, 8, 3, 3, device=device, requires_grad=True)
    features = nn.functional.conv2d(images, weights).flatten(1)
    (features @ features.T).sum().backward()  # type: ignore[no-untyped-call]  # as above
    torch.cuda.synchronize(device)
