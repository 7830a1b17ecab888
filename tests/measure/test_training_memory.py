"""The judge's figure for the memory of training is the peak that a real step has, and the table of the field agrees with it."""

from __future__ import annotations

import weakref

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from grader.measure import training_memory
from grader.measure.training_memory import OPTIMIZERS, TrainingStep, cuda_peak_bytes, tracked_peak_bytes

MIB = 2**20


def small_network(device):
    """Return a network with all that matters: convolutions, normalisation, an in-place relu, pooling, a shared layer."""
    twice = nn.Conv2d(8, 8, 3, padding=1)
    with torch.device(device):
        first = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2))
        return nn.Sequential(first, twice, nn.ReLU(), twice, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))


def resnet(depth):
    """Return what makes a ResNet with 10 classes on a device."""
    import torchvision

    def make(device):
        with torch.device(device):
            return getattr(torchvision.models, f"resnet{depth}")(num_classes=10)

    return make


def step_of(make_model=small_network, optimizer="ADAM", batch_shape=(4, 3, 16, 16), **options):
    return TrainingStep(make_model=make_model, optimizer=optimizer, batch_shape=batch_shape, **options)


class Watching(TorchDispatchMode):
    """Counts the bytes of every storage that an operator gives, from the first time it is seen until it is freed."""

    def __init__(self, known):
        super().__init__()
        self.now = self.peak = 0
        self._seen = weakref.WeakSet()
        for tensor in known:
            self._note(tensor)
            del tensor

    def _note(self, tensor):
        storage = tensor.untyped_storage()
        if storage not in self._seen:
            self._seen.add(storage)
            self.now += storage.nbytes()
            weakref.finalize(storage, self._forget, storage.nbytes())

    def _forget(self, size):
        self.now -= size

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for value in tree_leaves(result):
            if isinstance(value, torch.Tensor):
                self._note(value)
        self.peak = max(self.peak, self.now)
        return result


def alive_between_steps(training):
    """Yield the tensors of a training and hold none of them."""
    yield from training.model.parameters()
    yield from training.model.buffers()
    for parameter in training.model.parameters():
        yield parameter.grad
    for state in training.optimizer.state.values():
        yield from (value for value in state.values() if isinstance(value, torch.Tensor))


@pytest.mark.parametrize("clears_first", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_figure_is_the_peak_of_a_real_second_step_watched_storage_by_storage(optimizer, clears_first):
    step = step_of(optimizer=optimizer, clears_first=clears_first)
    training = training_memory._Training(step, "cpu")
    training.run_step()
    with Watching(alive_between_steps(training)) as watching:
        training.run_step()
    assert tracked_peak_bytes(step) == watching.peak


def test_the_figure_of_a_small_network_is_the_sum_of_what_is_alive_worked_out_by_hand():
    """While the relu runs: weights, the last step's gradients, the input, what goes into the relu, what comes out, targets."""

    def make(device):
        with torch.device(device):
            return nn.Sequential(nn.Linear(1000, 10), nn.ReLU(), nn.Linear(10, 2))

    batch, weights = 64, (1000 + 1) * 10 + (10 + 1) * 2
    floats = 2 * weights + batch * (1000 + 10 + 10)
    got = tracked_peak_bytes(step_of(make, optimizer="SGD", batch_shape=(batch, 1000)))
    assert got == 4 * floats + 8 * batch


@pytest.mark.parametrize(("optimizer", "kept"), [("SGD", 0), ("SGD_WITH_MOMENTUM", 1), ("ADAM", 2)])
def test_an_optimizers_state_is_there_at_the_peak_of_the_second_step(optimizer, kept):
    parameters = sum(parameter.nbytes for parameter in small_network("cpu").parameters())
    tensors = len(list(small_network("cpu").parameters()))
    batch = (64, 3, 16, 16)  # so large that the peak is not in the optimizer's step
    more = tracked_peak_bytes(step_of(optimizer=optimizer, batch_shape=batch)) - tracked_peak_bytes(
        step_of(optimizer="SGD", batch_shape=batch)
    )
    counters = 4 * tensors if optimizer == "ADAM" else 0
    assert more == kept * parameters + counters


def test_a_model_with_frozen_parameters_is_refused_before_the_tracker_fails_on_it():
    def frozen(device):
        return small_network(device).requires_grad_(False)

    with pytest.raises(ValueError, match="frozen parameters"):
        tracked_peak_bytes(step_of(frozen))


def test_the_callers_random_numbers_go_on_as_if_nothing_had_been_measured():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    tracked_peak_bytes(step_of())
    assert torch.equal(torch.rand(4), expected)


def test_no_hook_is_left_behind():
    counted = [len(hooks) for hooks in (nn.modules.module._global_forward_hooks, nn.modules.module._global_forward_pre_hooks)]
    tracked_peak_bytes(step_of())
    assert counted == [
        len(hooks) for hooks in (nn.modules.module._global_forward_hooks, nn.modules.module._global_forward_pre_hooks)
    ]


def test_an_optimizer_that_nobody_knows_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        tracked_peak_bytes(step_of(optimizer="adam"))


TABLE = {  # ../shared/knowledge/measurement.md, D.4, in MiB: gradients are cleared before the forward pass there
    (18, 4): (162, 204, 247),
    (18, 64): (1411, 1454, 1497),
}
SLOW_TABLE = {(18, 128): (2774, 2817, 2860), (152, 4): (949, 1170, 1392), (152, 8): (1617, 1839, 2061)}


def assert_as_in_the_table(depth, batch, expected):
    for optimizer, wanted in zip(OPTIMIZERS, expected, strict=True):
        step = step_of(resnet(depth), optimizer=optimizer, batch_shape=(batch, 3, 224, 224), clears_first=True)
        assert abs(tracked_peak_bytes(step) / MIB - wanted) <= 1, (depth, batch, optimizer)  # they are rounded


@pytest.mark.parametrize(("depth", "batch"), list(TABLE))
def test_small_resnets_agree_with_the_table_of_the_field(depth, batch):
    assert_as_in_the_table(depth, batch, TABLE[depth, batch])


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "batch"), list(SLOW_TABLE))
def test_large_resnets_agree_with_the_table_of_the_field(depth, batch):
    assert_as_in_the_table(depth, batch, SLOW_TABLE[depth, batch])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_cuda_device_its_counters_are_not_believed():
    assert torch.cuda.max_memory_allocated() == 0  # what would be taken for a measurement
    with pytest.raises(RuntimeError, match="tracked_peak_bytes"):
        cuda_peak_bytes(step_of())


@pytest.mark.gpu
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("depth", "batch"), [(18, 64), (152, 8), (152, 16)])
def test_a_real_step_on_a_gpu_has_the_same_peak_as_one_on_fake_tensors(depth, batch, optimizer):
    step = step_of(resnet(depth), optimizer=optimizer, batch_shape=(batch, 3, 224, 224))
    real, fake = cuda_peak_bytes(step), tracked_peak_bytes(step)
    assert abs(real - fake) <= training_memory.MAX_DISAGREEMENT * fake, (real, fake)
