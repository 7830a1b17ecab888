import functools
import inspect
import itertools

import numpy
from torch import Tensor, as_tensor, double, from_numpy, stack, tensor, zeros

ANSWERS = {}


def answers(question):
    """Keep a list of what is done, so that I see what is missing."""

    def mark(function):
        ANSWERS[question] = function
        return function

    return mark


def in_double(function):
    """Compute in float64, give back the type of the first argument."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        first = next(iter(bound.arguments.values()))
        values = {n: v.to(double) if isinstance(v, Tensor) else v for n, v in bound.arguments.items()}
        return function(**values).to(first.dtype)

    return wrapper


def checked(**smallest):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            bound = inspect.signature(function).bind(*args, **kwargs)
            bound.apply_defaults()
            wrong = [name for name, low in smallest.items() if bound.arguments[name] < low]
            if wrong:
                raise ValueError(", ".join(wrong) + " too small")
            return function(*bound.args, **bound.kwargs)

        return wrapper

    return decorate


@answers("a1")
def conv_param_count(in_channels, filters, kernel):
    return filters * in_channels * kernel**2, filters


@answers("a2")
@checked(kernel=1, stride=1, dilation=1, padding=0)
def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    def positions(length):
        taps = (kernel - 1) * dilation
        yield from range(0, length + 2 * padding - taps, stride)

    shape = tuple(sum(1 for _ in positions(length)) for length in (height, width))
    if 0 in shape:
        raise ValueError("nothing left")
    return (*shape, filters)


@answers("a3")
def pool_output_shape(height, width, channels, kernel, stride=None):
    return conv_output_shape(height, width, kernel, stride or kernel, 0, channels)


@answers("a4")
def receptive_field(layers):
    def growth():
        strides = itertools.accumulate((layer[1] for layer in layers), lambda a, b: a * b, initial=1)
        for jump, layer in zip(strides, layers):
            kernel, _, *gap = layer
            yield (kernel - 1) * jump * (gap[0] if gap else 1)

    return 1 + sum(growth())


@answers("a5")
def layer_table(layers, input_shape):
    return list(rows(layers, input_shape))


def rows(layers, input_shape):
    dims = tuple(input_shape)
    yield "input", 0, dims
    for name in layers:
        match ["".join(run) for _, run in itertools.groupby(name, lambda c: "0" <= c <= "9")]:
            case ["conv", kernel, "-", filters]:
                dims, params = (*dims[:2], int(filters)), sum(conv_param_count(dims[2], int(filters), int(kernel)))
            case ["pool", kernel, "-", stride]:
                dims, params = pool_output_shape(*dims, int(kernel), int(stride)), 0
            case ["pool-", stride]:
                dims, params = pool_output_shape(*dims, int(stride)), 0
            case ["flatten"]:
                dims, params = (functools.reduce(lambda a, b: a * b, dims),), 0
            case ["fc-", n]:
                dims, params = (int(n),), (dims[0] + 1) * int(n)
            case _:
                raise ValueError("what is " + repr(name) + "?")
        yield name, params, dims


def windows(x, height, width, step=1, gap=1):
    """Rows of windows, from the top, each from the left."""
    for i in range(0, x.shape[0] - gap * (height - 1), step):
        yield (
            x[i : i + gap * (height - 1) + 1 : gap, j : j + gap * (width - 1) + 1 : gap]
            for j in range(0, x.shape[1] - gap * (width - 1), step)
        )


def slide(x, w, gap=1):
    return stack([stack([(window * w).sum() for window in line]) for line in windows(x, *w.shape, gap=gap)])


@answers("b1")
@in_double
def conv2d(x, w):
    return slide(x, w)


@answers("b2")
@in_double
def conv2d_weight_grad(x, dy):
    return slide(x, dy)


def cells(t):
    yield from ((i, j, t[i, j]) for i, j in itertools.product(*map(range, t.shape)))


@answers("b3")
@in_double
def conv2d_input_grad(w, dy):
    dx = zeros(w.shape[0] + dy.shape[0] - 1, w.shape[1] + dy.shape[1] - 1, dtype=double)
    for i, j, g in cells(dy):
        dx[i : i + w.shape[0], j : j + w.shape[1]] += g * w
    return dx


@answers("b4")
@in_double
def sgd_step(w, dw, lr):
    return w - lr * dw


@answers("b5")
def weight_grad_std(m, sigma_x, sigma_dy):
    return functools.reduce(lambda a, b: a * b, (m, sigma_x, sigma_dy))


@answers("b6")
@in_double
def max_pool_backward(x, dy, kernel=2):
    dx = zeros(x.shape, dtype=double)
    for (i, j, g), window in zip(cells(dy), itertools.chain.from_iterable(windows(x, kernel, kernel, kernel))):
        a, b, _ = max(cells(window), key=lambda cell: float(cell[2]))
        dx[kernel * i + a, kernel * j + b] = g
    return dx


@answers("b7")
@in_double
def avg_pool_backward(x, dy, kernel=2):
    dx = zeros(x.shape, dtype=double)
    for target, (_, _, g) in zip(itertools.chain.from_iterable(windows(dx, kernel, kernel, kernel)), cells(dy)):
        target += g / kernel**2  # the window is a view
    return dx


@answers("b8")
@in_double
def conv_transpose2d(x, w, stride=1):
    y = zeros([stride * (n - 1) + k for n, k in zip(x.shape, w.shape)], dtype=double)
    for target, (_, _, value) in zip(itertools.chain.from_iterable(windows(y, *w.shape, stride)), cells(x)):
        target.add_(value * w)
    return y


@answers("b9")
@in_double
def dilated_conv2d(x, w, dilation=1):
    return slide(x, w, gap=dilation)


def both_kinds(function):
    """Let a filter for arrays take tensors too."""

    @functools.wraps(function)
    def wrapper(image, *args, **kwargs):
        if isinstance(image, Tensor):
            return from_numpy(numpy.asarray(function(image.detach().numpy(), *args, **kwargs)))
        return function(image, *args, **kwargs)

    return wrapper


def bounce(start, stop, n):
    there_and_back = [*range(n), *reversed(range(n))]
    yield from (there_and_back[i % len(there_and_back)] for i in range(start, stop))


@answers("c1")
@both_kinds
def averaging_filter(image, size=3):
    image = image.astype(float)
    for axis in (0, 1):
        n = image.shape[axis]
        lines = numpy.moveaxis(image, axis, 0)
        lines = numpy.stack(
            [lines[list(bounce(i - (size - 1) // 2, i + size // 2 + 1, n))].mean(axis=0) for i in range(n)]
        )
        image = numpy.moveaxis(lines, 0, axis)
    return numpy.ascontiguousarray(image)


@answers("c2")
@both_kinds
def laplacian_filter(image):
    h, w = image.shape
    out = -4.0 * image
    for step in (-1, 1):
        out += image[list(bounce(step, h + step, h))]
        out += image[:, list(bounce(step, w + step, w))]
    return out


assert as_tensor(tensor(0.0)).ndim == 0
print("answered:", *ANSWERS)
