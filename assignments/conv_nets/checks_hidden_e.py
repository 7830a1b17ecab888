"""Hidden checks of part E of `conv_nets`: shared and frozen parameters, larger networks, and the corner cases."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets.cases_e import accumulations, candidate_lists, elements, megabytes, parameter_lists
from assignments.conv_nets.judging_e import (
    STATES,
    accumulate,
    assert_candidate,
    assert_differences,
    assert_mean_loss_and_gradients,
    assert_megabytes,
    assert_near_peaks,
    assert_same_tensors,
    estimates_of,
    is_near,
)
from assignments.conv_nets.oracles_e import RESNET152, SMALL_CNN, WIDE_MLP
from grader.checks.calling import Callback
from grader.checks.comparing import RTOL, assert_float, assert_int, fail, raises_value_error, same
from grader.checks.marking import question
from grader.checks.strategies import small_examples
from grader.model import Verdict
from grader.solution import SolutionError

UNKNOWN_OPTIMIZERS = ("adam", "sgd", "Sgd_With_Momentum", "ADAMW", "RMSPROP", "SGD_MOMENTUM", "SGD ", "")
OTHER_ERRORS = (RuntimeError, ValueError, KeyError, TypeError)


@question("e1")
@given(parameters=parameter_lists(shared=True, frozen=True, mixed=True))
def check_shared_parameters_count_once(solution, provided, parameters):
    """A parameter that several modules hold is one parameter (torch.nn.Module.parameters gives it once)."""
    assert_int(solution.count_parameters(provided.make_listed_model(parameters)), elements(parameters))


@question("e2")
@given(parameters=parameter_lists(shared=True))
def check_shared_parameters_take_their_bytes_once(solution, provided, parameters):
    """A parameter that several modules hold lies in memory once."""
    assert_megabytes(solution.model_size_mb(provided.make_listed_model(parameters)), megabytes(parameters))


@question("e3")
@given(parameters=parameter_lists(frozen=True))
def check_frozen_parameters_have_no_state(solution, provided, parameters):
    """An optimizer keeps numbers for what it trains, and for nothing else."""
    got = solution.optimizer_state_mb(provided.make_listed_model(parameters), "SGD_WITH_MOMENTUM")
    assert_megabytes(got, megabytes(parameters, only_trainable=True))


@question("e3")
@given(parameters=parameter_lists(mixed=True))
def check_state_has_the_dtype_of_its_parameter(solution, provided, parameters):
    """What an optimizer keeps for a parameter has the parameter's dtype: 2, 4 or 8 bytes for each number (torch.optim.Adam)."""
    got = solution.optimizer_state_mb(provided.make_listed_model(parameters), "ADAM")
    assert_megabytes(got, 2 * megabytes(parameters))


@question("e3")
@given(parameters=parameter_lists(shared=True), optimizer=st.sampled_from(("SGD_WITH_MOMENTUM", "ADAM")))
def check_shared_parameters_have_one_state(solution, provided, parameters, optimizer):
    """A parameter that several modules hold is trained once and has one state."""
    got = solution.optimizer_state_mb(provided.make_listed_model(parameters), optimizer)
    assert_megabytes(got, STATES[optimizer] * megabytes(parameters))


@question("e3", law=True, weight=0.5)
@given(optimizer=st.sampled_from(UNKNOWN_OPTIMIZERS))
def check_unknown_optimizers_are_refused(solution, provided, optimizer):
    """A name that is none of the three, in other case too, raises ValueError, as the contract says."""
    with raises_value_error(f"{optimizer!r} is none of {', '.join(STATES)}"):
        solution.optimizer_state_mb(provided.make_listed_model([((2, 3), torch.float32, True, 1)]), optimizer)


@question("e4", weight=0.9, full=True)
def check_estimates_for_resnet152(solution, provided):
    """ResNet-152, 10 classes, batches of 8 and 16 pictures of 3 x 224 x 224, each optimizer: near the measured peaks."""
    assert_near_peaks(estimates_of(solution, provided.make_network("resnet152"), RESNET152))


@question("e4", weight=0.5)
def check_memory_grows_with_the_batch(solution, provided):
    """Between two batches the estimate grows as the peak does: by saved activations and the input."""
    for network, points in (("small_cnn", (SMALL_CNN[0], SMALL_CNN[3])), ("wide_mlp", WIDE_MLP)):
        estimates = estimates_of(solution, provided.make_network(network), points)
        assert_differences(estimates, (points,))


@question("e4", law=True, weight=0.2)
def check_an_estimate_leaves_the_model_alone(solution, provided):
    """Parameters, buffers, gradients and devices of a model are after an estimate what they were before it."""
    model = provided.make_network("small_cnn", "cpu")
    before = provided.snapshot(model)
    for point in SMALL_CNN[:3]:
        solution.estimate_training_memory_mib(model, point.optimizer, point.batch_shape)
    after = provided.snapshot(model)
    for part, what in (("parameters", "parameter"), ("buffers", "buffer"), ("gradients", "the gradient of")):
        assert_same_tensors(before[part], after[part], what)
    for part in ("devices", "requires_grad"):
        if not same(before[part], after[part]):
            fail(f"the call changed {part} of the model", expected=before[part], got=after[part])


@question("e5")
@given(candidates=candidate_lists(ordered=False) | candidate_lists(ordered=False).map(tuple), limit=st.integers(0, 64))
def check_candidates_come_in_any_order(solution, candidates, limit):
    """Any order, repetitions, or no candidate at all, which gives None: the answer is the largest one that fits."""
    limit = max([limit, *sorted(candidates)[:1]])  # so that one of them fits
    got = solution.largest_batch_size(candidates, Callback(f"lambda b: b <= {limit}", lambda b: b <= limit))
    assert_candidate(got, [b for b in candidates if b <= limit])


@question("e5")
@given(candidates=candidate_lists(ordered=True, least=1), kind=st.sampled_from(OTHER_ERRORS))
@small_examples
def check_other_errors_come_through(solution, candidates, kind):
    """Only running out of memory means no: any other exception of `fits` is a mistake that must be seen."""

    def fits(batch_size):
        raise kind("the shapes do not match")

    name = kind.__name__
    text = f"lambda b: (_ for _ in ()).throw({name}('the shapes do not match'))"
    expected = f"{name}, as `fits` raised it"
    try:
        got = solution.largest_batch_size(candidates, Callback(text, fits))
    except SolutionError as error:
        if error.verdict is not Verdict.ERROR:
            raise
        if error.kinds[0] != name:
            fail(f"{error.kinds[0]} came where `fits` raised {name}", expected=expected, got=error.message)
    else:
        fail(f"`fits` raised {name} and nobody heard of it", expected=expected, got=got)


@question("e5", law=True, weight=0.25)
@given(candidates=candidate_lists(ordered=False))
@small_examples
def check_the_list_of_candidates_stays_as_it_is(solution, candidates):
    """A function of the contract does not modify its arguments: the caller's list keeps its order."""
    answer = solution.largest_batch_size.observe((candidates, Callback("lambda b: b <= 32", lambda b: b <= 32)), {})
    if not same(answer.args[0], candidates):
        fail("the call changed its argument 1", expected=f"it stays {candidates}", got=answer.args[0])


@question("e6")
@given(case=accumulations(pieces="ragged"))
@small_examples
def check_a_smaller_last_piece_counts_less(solution, provided, case):
    """Where the last piece is smaller, loss and gradients are still those of the mean over all samples."""
    answer, after = accumulate(solution, provided, case)
    assert_mean_loss_and_gradients(answer, after["gradients"], case)


@question("e6")
@given(case=accumulations(pieces="one"))
@small_examples
def check_a_piece_may_be_larger_than_the_batch(solution, provided, case):
    """A batch of fewer samples than `micro_batch` is one piece."""
    answer, after = accumulate(solution, provided, case)
    assert_mean_loss_and_gradients(answer, after["gradients"], case)


@question("e6")
@given(case=accumulations(pieces="ragged"))
@small_examples
def check_old_gradients_are_cleared(solution, provided, case):
    """What an earlier step left in `.grad` is cleared first: the gradients are those of a model that had none."""
    _, fresh = accumulate(solution, provided, case)
    _, used = accumulate(solution, provided, case, old_gradients=1.0)
    for name, expected in fresh["gradients"].items():
        got = used["gradients"][name]
        if isinstance(expected, torch.Tensor) and not (isinstance(got, torch.Tensor) and is_near(got, expected)):
            fail(f"{name}.grad depends on what an earlier step has left in it", expected=expected, got=got)


@question("e6", weight=0.5)
@given(case=accumulations(pieces="ragged", kinds=("frozen",)))
@small_examples
def check_frozen_parameters_get_no_gradient(solution, provided, case):
    """A parameter with `requires_grad=False` keeps `.grad` None, and the others get their gradients all the same."""
    _, after = accumulate(solution, provided, case)
    for name, trains in after["requires_grad"].items():
        if (after["gradients"][name] is None) == trains:
            expected = "a gradient" if trains else None
            fail(f"{name} {'trains' if trains else 'is frozen'}", expected=expected, got=after["gradients"][name])


@question("e6", law=True, weight=0.5)
@given(case=accumulations(pieces="ragged"))
@small_examples
def check_accumulating_does_not_train(solution, provided, case):
    """Gradients are left for an optimizer: no parameter moves, and the batch stays as it was."""
    before = provided.snapshot(provided.make_model(case.kind, case.seed, shape=tuple(case.inputs.shape[1:]), classes=2))
    _, after = accumulate(solution, provided, case)
    assert_same_tensors(before["parameters"], after["parameters"], "parameter")


@question("e7")
@given(
    batch_size=st.integers(1, 64),
    base_lr=st.sampled_from((0.1, 0.05, 1e-3)),
    base_batch=st.sampled_from((1, 8, 32, 100)),
)
def check_other_bases_scale_alike(solution, batch_size, base_lr, base_batch):
    """`base_lr` belongs to `base_batch`: twice the batch, twice the rate (Goyal et al. 2017)."""
    got = solution.scaled_lr(batch_size, base_lr=base_lr, base_batch=base_batch, cap=1e6)
    assert_float(got, base_lr * batch_size / base_batch, rtol=RTOL, atol=0.0)


@question("e7")
@given(batch_size=st.integers(5, 64), cap=st.sampled_from((1e-4, 2e-4, 0.01)))
def check_the_cap_is_the_one_that_is_given(solution, batch_size, cap):
    """No rate is above `cap`, whatever the batch."""
    got = solution.scaled_lr(batch_size, base_lr=1e-2, base_batch=4, cap=cap)
    assert_float(got, cap, rtol=RTOL, atol=0.0)
