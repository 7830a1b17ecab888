"""Expected values for part E of `conv_nets`: the judge's own measurement of a training step, and gradients by autograd."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from assignments import training_fixtures
from assignments.conv_nets import provided_networks
from assignments.conv_nets.cases_e import CLASSES, FEATURES, Accumulation
from grader.measure import remembering, training_memory
from grader.measure.training_memory import OPTIMIZERS, TrainingStep

FOLDER = Path(__file__).parent
TABLE = FOLDER / "training_memory.json"
MIB = 2**20
RESNET152_PARAMETERS, RESNET152_MB = 58_164_298, 232.657192  # with 10 classes (contract, e1 and e2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A network, an optimizer and a batch whose training memory is asked for."""

    network: str
    optimizer: str
    batch_shape: tuple[int, ...]

    @property
    def name(self) -> str:
        """As a person writes it, and as the table does."""
        return f"{self.network}, {self.optimizer}, {' x '.join(map(str, self.batch_shape))}"


def points_of(network: str, *batch_shapes: tuple[int, ...], optimizers: tuple[str, ...] = OPTIMIZERS) -> tuple[Point, ...]:
    """Return a network's points: each optimizer with each batch."""
    return tuple(
        Point(network=network, optimizer=optimizer, batch_shape=shape) for shape in batch_shapes for optimizer in optimizers
    )


RESNET18 = points_of("resnet18", (64, 3, 224, 224))
RESNET152 = points_of("resnet152", (8, 3, 224, 224), (16, 3, 224, 224))
SMALL_CNN = points_of("small_cnn", (64, 3, 32, 32), (256, 3, 32, 32))
WIDE_MLP = points_of("wide_mlp", (256, 12288), (1024, 12288), optimizers=("SGD",))
POINTS = (*RESNET18, *RESNET152, *SMALL_CNN, *WIDE_MLP)


def peak_mib(point: Point) -> float:
    """Return the peak of tensor memory during the second training step, in MiB (contract, e4)."""
    step = training_step(point)
    return remembering.remembered(origin_of(point), lambda: training_memory.tracked_peak_bytes(step), table=TABLE) / MIB


def training_step(point: Point) -> TrainingStep:
    """Return what is measured at a point."""
    return TrainingStep(
        make_model=lambda device: provided_networks.make_network(point.network, device),
        optimizer=point.optimizer,
        batch_shape=point.batch_shape,
    )


def origin_of(point: Point) -> remembering.Origin:
    """Return all that decides the figure of a point; of a library its release, as the build ("+cu132") decides nothing here."""
    libraries = remembering.releases("torch", "torchvision")
    files = [Path(str(module.__file__)) for module in (training_memory, provided_networks)]
    return remembering.Origin(libraries=libraries, code=remembering.code_digest(files), name=point.name)


def mean_loss_and_gradients(case: Accumulation) -> tuple[float, dict[str, torch.Tensor | None]]:
    """Return the full batch's mean loss and its gradients by the parameters' names, by autograd in float64 at once."""
    model = training_fixtures.make_model(case.kind, case.seed, shape=(FEATURES,), classes=CLASSES).double()
    targets = case.targets.double() if case.targets.is_floating_point() else case.targets
    loss = training_fixtures.make_criterion(case.criterion)(model(case.inputs.double()), targets)
    loss.backward()
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    return loss.item(), {name: None if grad is None else grad.float() for name, grad in gradients.items()}
