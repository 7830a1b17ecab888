"""Each answer is an object that can be called; some take *args and **kwargs."""

import abc
import enum
import math
import operator
import re
import types
from collections import ChainMap, deque

import numpy as np
import torch


class Answer(abc.ABC):
    calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.run(*args, **kwargs)

    @abc.abstractmethod
    def run(self, *args, **kwargs): ...


class ParamCount(Answer):
    def run(self, in_channels, filters, kernel):
        return math.comb(filters, 1) * in_channels * kernel * kernel, filters


class Illegal(ValueError):
    """Raised for geometry that makes no sense."""

    def __str__(self):
        return f"illegal geometry: {self.args}"


class OutputShape(Answer):
    defaults = {"stride": 1, "padding": 0, "filters": 1, "dilation": 1}
    order = ["height", "width", "kernel", "stride", "padding", "filters", "dilation"]

    def run(self, *args, **kwargs):
        given = ChainMap(kwargs, dict(zip(self.order, args)), self.defaults)
        g = types.SimpleNamespace(**given)
        if min(g.kernel, g.stride, g.dilation) <= 0 or g.padding <= -1:
            raise Illegal(dict(given))
        h, w = (divmod(n + 2 * g.padding - g.dilation * (g.kernel - 1) - 1, g.stride)[0] + 1 for n in (g.height, g.width))
        if h < 1 or w < 1:
            raise Illegal("no output")
        return h, w, g.filters


class PoolShape(Answer):
    def run(self, height, width, channels, kernel, stride=None):
        return conv_output_shape(height, width, kernel, stride=stride or kernel, filters=channels)


class Field(Answer):
    def run(self, layers):
        todo, size = deque(layers), 1
        while todo:
            kernel, stride, *more = todo.pop()
            size = stride * (size - 1) + 1 + (kernel - 1) * next(iter(more), 1)
        return size


class Layer(enum.Enum):
    CONV = re.compile(r"conv([0-9]+)-([0-9]+)")
    POOL = re.compile(r"pool([0-9]*)-([0-9]+)")
    FLATTEN = re.compile(r"flatten")
    FC = re.compile(r"fc-([0-9]+)")

    def row(self, name, dims, *numbers):
        if self is Layer.CONV:
            kernel, filters = map(int, numbers)
            return name, operator.add(*conv_param_count(dims[2], filters, kernel)), (*dims[:2], filters)
        if self is Layer.POOL:
            kernel, stride = numbers
            return name, 0, pool_output_shape(*dims, kernel=int(kernel or stride), stride=int(stride))
        if self is Layer.FLATTEN:
            return name, 0, (math.prod(dims),)
        return name, int(numbers[0]) * (dims[0] + 1), (int(numbers[0]),)


class Table(Answer):
    def run(self, layers, input_shape):
        rows = [("input", 0, tuple(input_shape))]
        for name in layers:
            found = [(kind, m.groups()) for kind in Layer if (m := kind.value.fullmatch(name))]
            if not found:
                raise ValueError(name or "empty name")
            ((kind, numbers),) = found
            rows.append(kind.row(name, rows[-1][2], *numbers))
        return rows


class Stencil:
    """A kernel that can be laid on a picture: `stencil @ picture`."""

    def __init__(self, weights, gap=1):
        self.weights, self.gap = weights, gap

    def __iter__(self):
        for a, row in enumerate(self.weights):
            for b, value in enumerate(row):
                yield self.gap * a, self.gap * b, value

    def __matmul__(self, picture):
        h, w = (n - self.gap * (k - 1) for n, k in zip(picture.shape, self.weights.shape))
        y = picture.new_zeros(h, w)
        for a, b, value in self:
            y.addcmul_(picture.narrow(0, a, h).narrow(1, b, w), value)
        return y

    def stamped(self, picture, stride):
        y = picture.new_zeros([(n - 1) * stride + k for n, k in zip(picture.shape, self.weights.shape)])
        for a, b, value in self:
            rows = torch.arange(picture.shape[0]) * stride + a
            columns = torch.arange(picture.shape[1]) * stride + b
            y.index_put_((rows[:, None], columns), picture * value, accumulate=True)
        return y


class Convolution(Answer):
    def run(self, x, w, dilation=1):
        return Stencil(w, dilation) @ x


class Transposed(Answer):
    def run(self, x, w, stride=1):
        return Stencil(w).stamped(x, stride)


class InputGradient(Answer):
    def run(self, w, dy):
        return Stencil(w).stamped(dy, 1)


class Step(Answer):
    def run(self, w, dw, lr):
        new = torch.clone(w)
        new.sub_(dw, alpha=lr)
        return new


class Spread(Answer):
    run = staticmethod(lambda m, sigma_x, sigma_dy: math.hypot(*[sigma_x * sigma_dy] * int(m) ** 2))


class MaxPool(Answer):
    def run(self, x, dy, kernel=2):
        dx = torch.zeros(x.numel(), dtype=dy.dtype)
        numbers = torch.arange(x.numel()).reshape(x.shape)
        for i in range(dy.shape[0]):
            for j in range(dy.shape[1]):
                window = slice(i * kernel, (i + 1) * kernel), slice(j * kernel, (j + 1) * kernel)
                places, values = numbers[window].flatten(), x[window].flatten()
                dx[places[values.topk(1).indices]] = dy[i, j]
        return dx.reshape(x.shape)


class MeanPool(Answer):
    def run(self, x, dy, kernel=2):
        return dy.repeat_interleave(kernel, 1).repeat_interleave(kernel, 0) / kernel / kernel


class Filter(Answer):
    def __init__(self, weights):
        self.weights = weights

    def run(self, image, *args, **kwargs):
        weights, above, below = self.weights(*args, **kwargs)
        array = np.pad(np.asarray(image, dtype=float), (above, below), "symmetric")
        windows = np.lib.stride_tricks.sliding_window_view(array, weights.shape)
        result = np.tensordot(windows, weights, 2)
        return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result


conv_param_count = ParamCount()
conv_output_shape = OutputShape()
pool_output_shape = PoolShape()
receptive_field = Field()
layer_table = Table()
conv2d = conv2d_weight_grad = Convolution()
dilated_conv2d = Convolution()
conv2d_input_grad = InputGradient()
conv_transpose2d = Transposed()
sgd_step = Step()
weight_grad_std = Spread()
max_pool_backward = MaxPool()
avg_pool_backward = MeanPool()
averaging_filter = Filter(lambda size=3: (np.full((size, size), size**-2.0), (size - 1) // 2, size // 2))
laplacian_filter = Filter(lambda: (np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]), 1, 1))
