"""Homework on convolutional networks.

Object-oriented version: one class for each part, the names that were asked for are at the bottom.
"""
import torch
from scipy import ndimage
import numpy as np


class Geometry:
    """Part A."""

    class Impossible(ValueError):
        def __init__(self, **values):
            super().__init__("impossible geometry " + ", ".join(f"{k} = {v}" for k, v in values.items()))

    @staticmethod
    def parameters(in_channels, filters, kernel):
        return filters * in_channels * kernel * kernel, filters

    @classmethod
    def convolution(cls, height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
        for name in ("kernel", "stride", "dilation"):
            if locals()[name] < 1:
                raise cls.Impossible(**{name: locals()[name]})
        if padding < 0:
            raise cls.Impossible(padding=padding)
        sides = []
        for side in (height, width):
            free = side + 2 * padding - (kernel - 1) * dilation - 1
            if free < 0:
                raise cls.Impossible(side=side, kernel=kernel, dilation=dilation, padding=padding)
            sides.append(free // stride + 1)
        return (*sides, filters)

    @classmethod
    def pooling(cls, height, width, channels, kernel, stride=None):
        return cls.convolution(height, width, kernel, kernel if stride is None else stride, filters=channels)

    @staticmethod
    def field(layers):
        first, last, jump = 0, 0, 1
        for layer in layers:
            dilation = 1 if len(layer) == 2 else layer[2]
            last += (layer[0] - 1) * dilation * jump
            jump *= layer[1]
        return last - first + 1


class Network:
    """The table of part A, one method for each kind of layer."""

    def __init__(self, input_shape):
        self.dims = tuple(input_shape)
        self.rows = [("input", 0, self.dims)]

    def add(self, name):
        kind, _, argument = name.partition("-")
        letters = kind.rstrip("0123456789")
        digits = kind[len(letters) :]
        method = getattr(self, "on_" + letters, None)
        if method is None or (argument and not (argument.isascii() and argument.isdigit())):
            raise ValueError(f"{name!r} is no layer")
        params = method(name, digits, argument)
        self.rows.append((name, params, self.dims))
        return self

    def require(self, condition, name):
        if not condition:
            raise ValueError(f"{name!r} is no layer")

    def on_conv(self, name, digits, argument):
        self.require(digits and argument, name)
        h, w, c = self.dims
        self.dims = (h, w, int(argument))
        return sum(Geometry.parameters(c, int(argument), int(digits)))

    def on_pool(self, name, digits, argument):
        self.require(argument, name)
        self.dims = Geometry.pooling(*self.dims, int(digits or argument), int(argument))
        return 0

    def on_flatten(self, name, digits, argument):
        self.require(name == "flatten", name)
        total = 1
        for side in self.dims:
            total *= side
        self.dims = (total,)
        return 0

    def on_fc(self, name, digits, argument):
        self.require(argument and not digits, name)
        (n,), self.dims = self.dims, (int(argument),)
        return (n + 1) * int(argument)

    @classmethod
    def table(cls, layers, input_shape):
        network = cls(input_shape)
        for name in layers:
            network.add(name)
        return network.rows


class Correlation:
    """Part B. A window moves over a picture; `self.step` is the distance between its taps."""

    def __init__(self, step=1):
        self.step = step

    def forward(self, x, w):
        out = None
        h = x.shape[0] - self.step * (w.shape[0] - 1)
        v = x.shape[1] - self.step * (w.shape[1] - 1)
        for a, row in enumerate(w):
            for b, weight in enumerate(row):
                term = weight * x[a * self.step :, b * self.step :][:h, :v]
                out = term if out is None else out + term
        return out

    @staticmethod
    def scatter(small, stamp, stride=1):
        out = small.new_zeros([stride * (n - 1) + k for n, k in zip(small.shape, stamp.shape)])
        for a in range(stamp.size(0)):
            for b in range(stamp.size(1)):
                stop_a, stop_b = a + stride * (small.size(0) - 1) + 1, b + stride * (small.size(1) - 1) + 1
                out[a:stop_a:stride, b:stop_b:stride].add_(small * stamp[a, b])
        return out

    @classmethod
    def with_holes(cls, x, w, dilation=1):
        return cls(dilation).forward(x, w)


class Pooling:
    @staticmethod
    def _windows(x, kernel):
        h, w = x.shape
        return x.view(h // kernel, kernel, w // kernel, kernel) if x.is_contiguous() else Pooling._windows(
            x.contiguous(), kernel
        )

    @staticmethod
    def max(x, dy, kernel=2):
        t = Pooling._windows(x, kernel)
        winner = t == t.amax((1, 3), keepdim=True)
        order = winner.permute(0, 2, 1, 3).reshape(-1, kernel * kernel)
        first = order & (order.cumsum(1) == 1)  # of several winners only the first is paid
        first = first.reshape(t.size(0), t.size(2), kernel, kernel).permute(0, 2, 1, 3)
        return (first * dy[:, None, :, None]).reshape(x.shape)

    @staticmethod
    def mean(x, dy, kernel=2):
        return dy.repeat_interleave(kernel, 0).repeat_interleave(kernel, 1).div(kernel**2)


class Descent:
    def __init__(self, lr):
        self.lr = lr

    def __call__(self, w, dw):
        return w.add(dw, alpha=-self.lr)

    @staticmethod
    def step(w, dw, lr):
        return Descent(lr)(w, dw)

    @staticmethod
    def spread(m, sigma_x, sigma_dy):
        # m*m independent products, each with variance (sigma_x*sigma_dy)**2
        return (m * m) ** 0.5 * sigma_x * sigma_dy


class Filters:
    """Part C."""

    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])

    @staticmethod
    def apply(image, kernel):
        if isinstance(image, torch.Tensor):
            return torch.as_tensor(Filters.apply(image.numpy(), kernel))
        return ndimage.convolve(image.astype(np.float64), kernel, mode="reflect")

    @staticmethod
    def mean(image, size=3):
        return Filters.apply(image, np.full((size, size), 1.0 / size**2))

    @staticmethod
    def edges(image):
        return Filters.apply(image, Filters.laplacian)


conv_param_count = Geometry.parameters
conv_output_shape = Geometry.convolution
pool_output_shape = Geometry.pooling
receptive_field = Geometry.field
layer_table = Network.table
conv2d = Correlation().forward
conv2d_weight_grad = Correlation(step=1).forward
conv2d_input_grad = Correlation.scatter
sgd_step = Descent.step
weight_grad_std = Descent.spread
max_pool_backward = Pooling.max
avg_pool_backward = Pooling.mean
conv_transpose2d = Correlation.scatter
dilated_conv2d = Correlation.with_holes
averaging_filter = Filters.mean
laplacian_filter = Filters.edges
