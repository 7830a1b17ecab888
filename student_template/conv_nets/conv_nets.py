# ruff: noqa: T201 - the examples of a hand-out print their results

# %% [markdown]
# # Convolutional Networks
#
# A convolution layer is a small idea with a long shadow: *the same few weights look at every place of the picture*.
# Here you work out by hand what follows from it.
#
# **What you will learn**
#
# | part | afterwards you can | points |
# |---|---|---|
# | A. Feature dimensions | say how large, how costly and how far-sighted a stack of layers is, before running it | 15 |
# | B. Gradients | write the forward and backward pass of convolution and pooling without any library layer | 25 |
# | C. Hand-designed filters | blur a picture and find its edges with kernels you design, borders included | 10 |
# | D. Inductive bias | train a small CNN and an MLP, and see what each can learn from ten pictures | 25 |
# | E. GPU memory | say what a training step needs before it runs out of memory | 20 |
# | F. Figures | draw results so that a reader sees what you found | 5 |
# | W. Written answers | say why it came out so; a person reads these | 30 |
#
# **How to work.** Each function below ends in `raise NotImplementedError`. Replace that line and keep the name, the
# arguments and the docstring: the docstring is the specification. The functions are graded one by one and each with
# its own inputs, so you may solve them in any order, and a mistake in one does not cost you the next. You may add
# helper functions and cells wherever you like.
#
# **How to check yourself.** As often as you want, in seconds:
#
# ```
# python grade.py check conv_nets PATH
# ```
#
# where `PATH` is this notebook, or the `.py` file, or the folder it lies in. You see the same public checks as the
# grader, each with the smallest input on which your function fails and a snippet that reproduces it. The final
# grading adds hidden checks: other sizes, other seeds, and the corner cases that the docstrings mention. So read
# those.
#
# **Conventions**
#
# - A shape is a tuple of ints. Pictures are height first, then width: `(h, w)`, and `(h, w, c)` with channels.
# - A function never changes its arguments, and its answer depends on its arguments only.
# - A result has the dtype of its input: `float64` in, `float64` out.
# - "Raises ValueError" means `raise ValueError("what is wrong, with the value")`: a message is part of the answer.
# - Nothing here needs the network or a GPU. `provided.py` lies beside this file: it makes the pictures of part D.

# %%
import copy
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torchvision
from matplotlib.figure import Figure
from provided import EdgeDetectionDataset, set_seed
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

# %matplotlib inline


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
# ## Part A. Feature dimensions
#
# Before a network is trained somebody has to decide how large everything is. Five small functions do that arithmetic
# for you from now on.
#
# A convolution layer has `filters` kernels. Each kernel is a block of `kernel` x `kernel` x `in_channels` weights: it
# looks through *all* input channels at once and produces *one* output channel. Sliding it over the picture gives one
# number for each position.
#
# ```
#    input                one kernel            one output channel
#    h x w x in_channels  k x k x in_channels   h_out x w_out
#    +---------+
#    |+--+     |              +--+                +-------+
#    ||  | --> |       *      |  |        =       |.      |
#    |+--+     |              +--+                +-------+
#    +---------+
# ```
#
# ### a1. Parameters of a convolution layer (2 points)
#
# Count the weights and the biases of one layer with square kernels.
#
# *Example.* The first layer of ResNet-18 has 64 filters of 7 x 7 on 3 channels: 64 · 3 · 49 = 9408 weights. (With a
# bias, which ResNet leaves out, 64 more.) Note what does *not* appear: the size of the picture.
#
# *Pitfall.* One bias for each filter; not for each weight, and not for each input channel.


# %%
def conv_param_count(in_channels: int, filters: int, kernel: int) -> tuple[int, int]:
    """Return how many weights and how many biases a convolution layer has, as `(weights, biases)`.

    The kernels are `kernel` x `kernel`, the layer is not grouped and has a bias, as `torch.nn.Conv2d(in_channels,
    filters, kernel)`. All three arguments are ints of at least 1; both results are ints.
    """
    # hint: how many numbers does one filter hold? A filter looks through every input channel.
    raise NotImplementedError("conv_param_count is not written yet")


# %%
with try_it():
    print("3 channels, 64 filters of 7 x 7:", conv_param_count(in_channels=3, filters=64, kernel=7))
    print("1 channel, 10 filters of 3 x 3: ", conv_param_count(in_channels=1, filters=10, kernel=3))

# %% [markdown]
# ### a2. Output shape of a convolution (4 points)
#
# Along one axis of length $n$, padding $p$ on both sides makes it $n + 2p$ long. A kernel of size $k$ with dilation
# $d$ has gaps of $d - 1$ pixels between its taps, so it spans
#
# $$k_{\text{eff}} = d\,(k - 1) + 1$$
#
# pixels. It can start at $0, s, 2s, \dots$ as long as it still fits, which gives
#
# $$n_{\text{out}} = \left\lfloor \frac{n + 2p - k_{\text{eff}}}{s} \right\rfloor + 1$$
#
# positions. The floor is the whole story of "what happens to the pixels that are left over": nothing, they are not
# read.
#
# | height | kernel | stride | padding | dilation | positions | why |
# |---|---|---|---|---|---|---|
# | 28 | 3 | 1 | 1 | 1 | 28 | "same" padding: $p = (k-1)/2$ |
# | 5 | 2 | 2 | 0 | 1 | 2 | starts at 0 and 2; the last pixel is never read |
# | 7 | 3 | 1 | 0 | 2 | 3 | the kernel spans 5 |
# | 3 | 1 | 5 | 0 | 1 | 1 | a stride larger than the picture is legal |
# | 2 | 3 | 2 | 0 | 1 | none | raises ValueError |
#
# *Pitfall.* Look at the last row: $(2 - 3)/2 = -0.5$. Python's `//` rounds down to $-1$, so the formula says 0
# positions; `int()` rounds towards zero and says 1. Neither is a shape: where the kernel does not fit there is no
# output. `torch.nn.Conv2d` raises an error there, and so do you.
#
# *Pitfall.* A picture need not be square; and if the arguments are not legal (a stride of 0, say) the caller deserves
# a sentence, not a `ZeroDivisionError`.


# %%
def conv_output_shape(
    height: int,
    width: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    filters: int = 1,
    dilation: int = 1,
) -> tuple[int, int, int]:
    """Return the shape `(h, w, c)`, in pixels and channels, that a convolution makes of a height x width input.

    Same as `torch.nn.Conv2d` (floor rule: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep
    learning", relationship 15). All arguments are ints; `height`, `width` and `filters` are at least 1. The padding is
    added on all four sides, and the output has one channel for each filter.

    Raises:
        ValueError: `kernel`, `stride` or `dilation` is below 1, `padding` is below 0, or the kernel fits nowhere.
    """
    # hint: first refuse what is not legal, then work out one axis; the other axis is the same sum.
    raise NotImplementedError("conv_output_shape is not written yet")


# %%
with try_it():
    print("28 x 28, 10 filters of 3 x 3, padding 1:", conv_output_shape(28, 28, kernel=3, padding=1, filters=10))
    print("5 x 9, kernel 2, stride 2:              ", conv_output_shape(height=5, width=9, kernel=2, stride=2))
    print("7 x 7, kernel 3, dilation 2:            ", conv_output_shape(7, 7, kernel=3, dilation=2))
    try:
        print("2 x 2, kernel 3, stride 2:              ", conv_output_shape(2, 2, kernel=3, stride=2))
    except ValueError as reason:
        print("2 x 2, kernel 3, stride 2: ValueError:  ", reason)

# %% [markdown]
# ### a3. Output shape of a pooling layer (2 points)
#
# Pooling slides a window over each channel on its own: the rule for a position is that of a2, and the number of
# channels stays. One convention differs: when no stride is given, the windows lie side by side.
#
# *Example.* 28 x 28 x 10 with kernel 2 becomes 14 x 14 x 10. And 7 x 7 x 10 with kernel 2 becomes 3 x 3 x 10: the
# last row and column fall off.
#
# *Pitfall.* The default stride is the *kernel*, not 1; and it is still possible to ask for stride 1.


# %%
def pool_output_shape(height: int, width: int, channels: int, kernel: int, stride: int | None = None) -> tuple[int, int, int]:
    """Return the shape `(h, w, c)`, in pixels and channels, that pooling makes of a height x width x channels input.

    Same as `torch.nn.MaxPool2d(kernel, stride)`: floor rule, no padding, and a stride of None means `kernel`. All
    numbers are ints of at least 1, and the window fits into the input.
    """
    raise NotImplementedError("pool_output_shape is not written yet")


# %%
with try_it():
    print("28 x 28 x 10, kernel 2:          ", pool_output_shape(28, 28, 10, kernel=2))
    print("7 x 7 x 10, kernel 2:            ", pool_output_shape(7, 7, 10, kernel=2))
    print("7 x 7 x 10, kernel 3 and stride 1:", pool_output_shape(7, 7, 10, kernel=3, stride=1))

# %% [markdown]
# ### a4. Receptive field (4 points)
#
# Which input pixels can change one output unit? Those from the first to the last pixel that it touches, along one
# axis: its *receptive field*. Pooling layers count like convolutions, they look through a window too.
#
# Two 3 x 3 layers with stride 1 see five pixels; $L$ layers of kernel $K$ with stride 1 see $L(K-1)+1$:
#
# ```
#    output                 o
#                         / | \
#    after layer 1      o   o   o           3 units
#                     / | \/ \/ | \
#    input          o   o   o   o   o       5 pixels
# ```
#
# With strides there is a second thing to keep track of. Call the distance, in input pixels, between two neighbouring
# units of a layer its *jump*. In the input the jump is 1; a layer of stride 2 doubles it. A layer with kernel $k$ and
# dilation $d$ adds $(k-1)\,d$ steps to the field, and each of these steps is as long as the jump of the units *that
# it reads*.
#
# *Example.* `[(3, 2), (3, 1)]`: the first layer sees 3 pixels, and its units lie 2 pixels apart. The second layer
# reads three of them, that is two steps of 2 pixels more: 3 + 2 · 2 = 7. In the other order, `[(3, 1), (3, 2)]`, the
# field is only 5: the last layer's own stride moves its units apart and does not widen what one of them sees.
#
# *Pitfall.* Books often give the recursion from the output back to the input,
# $r \leftarrow s\,(r - 1) + k_{\text{eff}}$. It is right, but only if you walk the layers *backwards*.
#
# *Pitfall.* Gaps belong to the field: a single layer `(2, 1, 4)` touches two pixels, and its field is 5 wide.


# %%
def receptive_field(layers: Sequence[tuple[int, ...]]) -> int:
    """Return the side, in input pixels, of the field that one output unit sees.

    `layers` runs from the input to the output; each is `(kernel, stride)` or `(kernel, stride, dilation)`, ints of at
    least 1. The field goes from the first to the last pixel that the unit touches, gaps included; without any layer a
    unit is a pixel and the field is 1 (Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural
    networks", Distill; Dumoulin & Visin 2016 for the dilated kernel).
    """
    # hint: walk from the input and carry two numbers, the field and the jump; both start at 1.
    raise NotImplementedError("receptive_field is not written yet")


# %%
with try_it():
    print("no layer:                     ", receptive_field([]))
    print("two layers of 3 x 3:          ", receptive_field([(3, 1), (3, 1)]))
    print("stride 2 first:               ", receptive_field([(3, 2), (3, 1)]))
    print("stride 2 last:                ", receptive_field([(3, 1), (3, 2)]))
    print("one layer with dilation 4:    ", receptive_field([(2, 1, 4)]))
    print("conv, pool, conv, pool of a5: ", receptive_field([(3, 1), (2, 2), (3, 1), (2, 2)]))

# %% [markdown]
# ### a5. Table of a whole network (3 points)
#
# Now put it together. A network is written as a list of names:
#
# | name | means | dimension afterwards |
# |---|---|---|
# | `conv<K>-<F>` | F filters of K x K, K odd, stride 1, "same" padding, with bias | (h, w, F) |
# | `pool<K>-<S>` | pooling window K x K, stride S | as in a3 |
# | `pool-<K>` | pooling window K x K, stride K | as in a3 |
# | `flatten` | all numbers in one row | (h·w·c,) |
# | `fc-<N>` | fully connected layer with N outputs and bias; after `flatten` or another `fc` | (N,) |
#
# Each row of the table is `(name, parameters, dimension)`, weights and biases together, and the first row is the
# input. The worked case, which you can check by hand:
#
# | name | parameters | dimension | |
# |---|---|---|---|
# | `input` | 0 | (28, 28, 1) | |
# | `conv3-10` | 100 | (28, 28, 10) | 10 · (1 · 9) + 10 |
# | `pool-2` | 0 | (14, 14, 10) | pooling has nothing to learn |
# | `conv3-10` | 910 | (14, 14, 10) | 10 · (10 · 9) + 10 |
# | `pool-2` | 0 | (7, 7, 10) | |
# | `flatten` | 0 | (490,) | 7 · 7 · 10 |
# | `fc-3` | 1473 | (3,) | 3 · 490 + 3 |
#
# More than half of the parameters sit in the small layer at the end. Why? And what would happen to them without
# pooling?
#
# *Pitfall.* After `flatten` a dimension is a tuple of one number, `(490,)`; `(490)` is an int.
#
# *Pitfall.* `pool3-2` and `pool-2` are different layers. A name that is none of the five raises ValueError, wherever
# it stands: a table that silently leaves a layer out is worse than none.


# %%
def layer_table(
    layers: Sequence[str], input_shape: tuple[int, int, int]
) -> list[tuple[str, int, tuple[int, int, int] | tuple[int]]]:
    """Return a row `(name, params, dimension)` for the input and for each layer of a network, in order.

    The names are `conv<K>-<F>` (K odd, stride 1, 'same' padding), `pool<K>-<S>`, `pool-<K>` (stride K), `flatten` and
    `fc-<N>` (after `flatten` or `fc`), with K, F, S, N ints of at least 1. `params` counts weights and biases together.
    `input_shape` is (h, w, c); a dimension is (h, w, c) in pixels and channels, and (n,) from `flatten` on. The first
    row is `("input", 0, input_shape)`.

    Raises:
        ValueError: a name is none of these.
    """
    # hint: one pass over the names that carries the current dimension; you may call your a1, a2 and a3.
    # hint: re.fullmatch(r"conv(\d+)-(\d+)", name) of Python's module re takes a name apart and says no to "conv3-10x".
    raise NotImplementedError("layer_table is not written yet")


# %%
with try_it():
    for name, params, dimension in layer_table(
        ["conv3-10", "pool-2", "conv3-10", "pool-2", "flatten", "fc-3"], input_shape=(28, 28, 1)
    ):
        print(f"{name:10} {params:6} {dimension}")

# %% [markdown]
# ## Part B. Gradients of convolution and pooling
#
# In this part you write what `loss.backward()` does. Everything is one channel and two axes: $x$ is a picture (h, w),
# $w$ a square kernel (k, k); pictures need *not* be square. As everywhere in deep learning, "convolution" means
# cross-correlation: the kernel is not flipped. Stride 1 and no padding unless a question says so.
#
# **Only tensor arithmetic.** Inside these functions, and whatever they call, there is no `torch.nn`,
# `torch.nn.functional` (its `pad` and `one_hot` belong to it), `torch.conv*`, `torch.autograd`, `torch.func`,
# `torch.ops`, no `.backward()` and no NumPy. Indexing, slices, `+ - * /`, `sum`, `flip`, `reshape`, `Tensor.unfold`,
# `einsum`, `matmul`, `zeros`, `argmax`, `scatter` and the like are what you have, and more than you need. In a *cell
# of your own* you may ask autograd whether you are right:
#
# ```python
# x, w = torch.randn(6, 5, dtype=torch.float64), torch.randn(3, 3, dtype=torch.float64, requires_grad=True)
# y = torch.nn.functional.conv2d(x[None, None], w[None, None])[0, 0]
# dy = torch.randn_like(y)
# print(torch.allclose(torch.autograd.grad(y, w, dy)[0], conv2d_weight_grad(x, dy)))
# ```
#
# **The one idea of this part.** Write the forward pass as a sum over indices, and ask of one input number: *in which
# outputs does it appear, and multiplied by what?* Its gradient is the sum of those outputs' gradients times those
# factors. That is the chain rule, and all of backpropagation.
#
# **A check that needs no autograd.** Convolution is linear in $x$ and linear in $w$, so for every $x$, $w$ and $dy$
#
# $$\langle x * w,\; dy\rangle = \langle w,\; dw\rangle = \langle x,\; dx\rangle$$
#
# where $\langle a, b\rangle$ is `(a * b).sum()`. Random numbers that keep this equation leave little room for
# mistakes.
#
# ### b1. Convolution, forward (3 points)
#
# $$y_{p,q} = \sum_{i=0}^{k-1}\sum_{j=0}^{k-1} w_{i,j}\; x_{p+i,\,q+j} \qquad y \text{ is } (h-k+1,\; w-k+1)$$
#
# *Example.*
#
# ```
#   1 2 3       1 0
#   4 5 6   *   0 2    =   1*1+2*5   1*2+2*6    =   11  14
#   7 8 9                  1*4+2*8   1*5+2*9        20  23
# ```
#
# A loop over the positions works. A loop over the *kernel's* entries is shorter and much faster: for a fixed $(i, j)$
# all positions together read one shifted picture, `x[i : i + h_out, j : j + w_out]`.


# %%
def conv2d(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """Return the cross-correlation y of a picture with a kernel, stride 1, no padding.

    x is (h, w) and w is (k, k) with k at most h and w; y is (h - k + 1, w - k + 1) in the dtype of x (LeCun et al.
    1998, "Gradient-based learning applied to document recognition", section II).
    """
    raise NotImplementedError("conv2d is not written yet")


# %%
with try_it():
    print(conv2d(torch.arange(1.0, 10.0).reshape(3, 3), torch.tensor([[1.0, 0.0], [0.0, 2.0]])))

# %% [markdown]
# ### b2. Gradient with respect to the kernel (5 points)
#
# A loss $L$ depends on $y$, and $dy_{p,q} = \partial L / \partial y_{p,q}$ is given. One weight $w_{i,j}$ takes part
# in *every* output, each time multiplied by another pixel. So its gradient is a sum over all positions:
#
# $$dw_{i,j} = \sum_{p,q} dy_{p,q}\; x_{p+i,\,q+j}$$
#
# Compare it with b1. What plays the kernel now?
#
# *Example.* With the 3 x 3 picture above and a `dy` of four ones, $dw_{0,0} = 1 + 2 + 4 + 5 = 12$.
#
# *Pitfall.* The kernel is not an argument, and its size need not be: if $y$ has `h - k + 1` rows, how large is $k$?
#
# *Pitfall.* A sum, not a mean: the weight is shared by all positions, and each of them adds its wish.


# %%
def conv2d_weight_grad(x: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Return dw = dL/dw of `y = conv2d(x, w)` from dy = dL/dy.

    x is (h, w) and dy is (h - k + 1, w - k + 1); dw is (k, k), and k follows from the two shapes. In the dtype of x
    (LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition": shared weights sum gradients).
    """
    raise NotImplementedError("conv2d_weight_grad is not written yet")


# %%
with try_it():
    print(conv2d_weight_grad(torch.arange(1.0, 10.0).reshape(3, 3), torch.ones(2, 2)))

# %% [markdown]
# ### b3. Gradient with respect to the input (4 points)
#
# The layer before this one needs $dx = \partial L/\partial x$. Pixel $x_{a,b}$ appears in $y_{p,q}$ multiplied by
# $w_{a-p,\,b-q}$, wherever that index exists:
#
# $$dx_{a,b} = \sum_{p,q} dy_{p,q}\; w_{a-p,\,b-q}$$
#
# Look at the signs: in b1 both indices run in the same direction, here in opposite ones. So this is the *full*
# correlation of $dy$, with $k - 1$ zeros around it, with the kernel turned by 180 degrees. Or, without any flipping:
# every output sends its $dy_{p,q}$ back to the $k \times k$ pixels that it read, weighted as they were read, and what
# arrives at one pixel is added up.
#
# *Example.* For the kernel `[[1, 0], [0, 2]]` and a single output with `dy = [[3.]]`, `dx` is `[[3, 0], [0, 6]]`: not
# turned. It is the padding version that needs the flip, to come to the same result.
#
# *Pitfall.* $dx$ is as large as $x$, thus larger than $dy$. A "same" convolution loses the rim.


# %%
def conv2d_input_grad(w: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Return dx = dL/dx of `y = conv2d(x, w)` from dy = dL/dy: the full correlation of dy with the flipped kernel.

    w is (k, k) and dy is (h - k + 1, w - k + 1); dx is (h, w), in the dtype of dy (Dumoulin & Visin 2016, "A guide to
    convolution arithmetic for deep learning", chapter 4).
    """
    # hint: padding by hand is `padded = dy.new_zeros(...)` and then `padded[a:b, c:d] = dy`.
    raise NotImplementedError("conv2d_input_grad is not written yet")


# %%
with try_it():
    print(conv2d_input_grad(torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[3.0]])))

# %% [markdown]
# ### b4. One step of gradient descent (1 point)
#
# $$w_{\text{new}} = w - \eta\, dw$$
#
# *Pitfall.* `w -= lr * dw` changes the caller's tensor. Here, and in every function of this course that does not say
# otherwise, the arguments stay as they are.


# %%
def sgd_step(w: torch.Tensor, dw: torch.Tensor, lr: float) -> torch.Tensor:
    """Return the weights after one step of gradient descent, as a new tensor; w itself stays as it is.

    w and dw have the same shape, any shape, and the result has it too; `lr` is the step size, a float or a 0-d tensor
    (Robbins & Monro 1951, "A stochastic approximation method").
    """
    raise NotImplementedError("sgd_step is not written yet")


# %%
with try_it():
    weights = torch.tensor([1.0, 2.0])
    print(sgd_step(weights, torch.tensor([10.0, -10.0]), lr=0.1), "and still", weights)

# %% [markdown]
# ### b5. Spread of the kernel's gradient (2 points)
#
# How large are the gradients that b2 produces? Suppose the pixels are independent with mean 0 and standard deviation
# $\sigma_x$, the entries of $dy$ likewise with $\sigma_{dy}$, and $x$ and $dy$ are independent of each other. Two
# facts are enough:
#
# - if $a$ and $b$ are independent with mean 0, then
#   $\operatorname{Var}(ab) = \operatorname{Var}(a)\operatorname{Var}(b)$;
# - the variances of uncorrelated terms add up.
#
# Count the terms in the sum of b2 for an output of $m \times m$, and take the root at the end: the question asks for
# the *standard deviation* of one entry of $dw$.
#
# *Think about it.* By which factor does it change when the pictures become twice as wide and twice as high? What does
# that mean for the learning rate of b4, and what does averaging over positions change?


# %%
def weight_grad_std(m: int, sigma_x: float, sigma_dy: float) -> float:
    """Return the standard deviation of one entry of dw = `conv2d_weight_grad(x, dy)`, where dy is m x m.

    The entries of x and dy are independent random numbers with mean 0 and standard deviations `sigma_x` and `sigma_dy`
    (Goodman 1960, "On the exact variance of products": zero-mean independent factors multiply their variances).
    """
    raise NotImplementedError("weight_grad_std is not written yet")


# %%
with try_it():
    torch.manual_seed(0)
    entries = [conv2d_weight_grad(2.0 * torch.randn(9, 9), 0.5 * torch.randn(8, 8)).flatten()[0] for _ in range(400)]
    print(f"measured {torch.stack(entries).std():.2f}, predicted {weight_grad_std(8, 2.0, 0.5):.2f}")

# %% [markdown]
# ### b6. Backward pass of max pooling (4 points)
#
# Max pooling hands on the largest number of each window; the other numbers could change a little and nothing would
# happen. So the whole gradient of a window goes to its winner, and the others get 0. The windows lie side by side
# (stride = kernel), and the picture's sides are multiples of `kernel`.
#
# ```
#   x                 dy            dx
#   1  5 | -4 -2                     0 10 |  ?  ?
#   3  2 | -1 -3      10  20         0  0 |  ?  ?
#   -----+------                     -----+------
#   4  4 | -7 -9      30  40        30  0 | 40  0
#   1  0 | -8 -8                     0  0 |  0  0
# ```
#
# Which of the four entries at the top right receives the 20?
#
# *Pitfall.* A tie, as the two 4s: exactly **one** of them receives the gradient, whichever you like. Comparing
# `x == max` gives it to both, and the window suddenly has twice the gradient; sharing it is not what a maximum does
# either.
#
# *Pitfall.* A window may hold negative numbers only. A search that starts at 0 finds no winner there.


# %%
def max_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    """Return dx = dL/dx of max pooling with windows of kernel x kernel side by side, from dy = dL/dy.

    x is (h, w) with both sides multiples of `kernel`, dy is (h / kernel, w / kernel), dx is (h, w). In each window the
    whole of dy goes to one position of the maximum, whichever in a tie, so that a window's dx sums to its dy
    (Goodfellow, Bengio & Courville 2016, "Deep Learning", section 9.3, for the pooling; the rule is its subgradient).
    """
    # hint: bring every window into one row, (h / kernel, w / kernel, kernel * kernel); argmax names one winner each.
    raise NotImplementedError("max_pool_backward is not written yet")


# %%
with try_it():
    picture = torch.tensor([[1.0, 5, -4, -2], [3, 2, -1, -3], [4, 4, -7, -9], [1, 0, -8, -8]])
    print(max_pool_backward(picture, torch.tensor([[10.0, 20.0], [30.0, 40.0]])))

# %% [markdown]
# ### b7. Backward pass of average pooling (2 points)
#
# The average of a window depends on each of its pixels equally, with what factor? Every pixel gets its part, and the
# sum over a window is again the window's $dy$.
#
# *Think about it.* What does it mean for learning that after max pooling one pixel of a window gets everything, and
# here all get a little?


# %%
def avg_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    """Return dx = dL/dx of average pooling with windows of kernel x kernel side by side, from dy = dL/dy.

    x is (h, w) with both sides multiples of `kernel`, dy is (h / kernel, w / kernel), dx is (h, w): dy spread evenly
    over its window (LeCun et al. 1990, "Handwritten digit recognition with a back-propagation network").
    """
    raise NotImplementedError("avg_pool_backward is not written yet")


# %%
with try_it():
    print(avg_pool_backward(torch.zeros(4, 4), torch.tensor([[4.0, 8.0], [12.0, 16.0]])))

# %% [markdown]
# ### b8. Transposed convolution (2 points)
#
# Every input number stamps a copy of the kernel, multiplied by itself, into the output. Neighbouring stamps are
# `stride` apart, and where they overlap they add up:
#
# $$y_{s\,p+i,\; s\,q+j} \mathrel{+}= x_{p,q}\; w_{i,j} \qquad y \text{ is } \bigl(s\,(h-1)+k,\; s\,(w-1)+k\bigr)$$
#
# ```
#   1 2         1 1         1 3 2
#   3 4    ,    1 1    ->   4 10 6      stride 1: the stamps overlap
#                           3 7 4
# ```
#
# Generators and segmentation networks use it to make pictures *larger*.
#
# *Think about it.* With stride 1 you have already written this function under another name. Which one, and why is the
# layer called "transposed"?
#
# *Pitfall.* With stride > kernel there are gaps between the stamps, and they stay 0.


# %%
def conv_transpose2d(x: torch.Tensor, w: torch.Tensor, stride: int = 1) -> torch.Tensor:
    """Return the transposed convolution of x with a kernel, as `torch.nn.functional.conv_transpose2d` without padding.

    x is (h, w) and w is (k, k); the result is (stride * (h - 1) + k, stride * (w - 1) + k), in the dtype of x. `stride`
    is an int of at least 1 (Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4).
    """
    raise NotImplementedError("conv_transpose2d is not written yet")


# %%
with try_it():
    print(conv_transpose2d(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.ones(2, 2)))
    print(conv_transpose2d(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.ones(2, 2), stride=2))

# %% [markdown]
# ### b9. Dilated convolution (2 points)
#
# Pull the kernel apart so that its taps lie $d$ pixels from each other, and read nothing in between:
#
# $$y_{p,q} = \sum_{i,j} w_{i,j}\; x_{p+d\,i,\; q+d\,j} \qquad y \text{ is } \bigl(h - d\,(k-1),\; w - d\,(k-1)\bigr)$$
#
# *Example.* On a row of 7 pixels a kernel of 3 with $d = 2$ reads the pixels 0, 2, 4, then 1, 3, 5, then 2, 4, 6:
# three outputs, as a2 says, and a field of 5, as a4 says, for the price of 3 weights.
#
# *Pitfall.* Dilation 1 is the ordinary convolution; there is no gap. `d` is the distance of the taps, not the number
# of pixels left out.


# %%
def dilated_conv2d(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    """Return the cross-correlation of x with a kernel whose taps lie `dilation` pixels apart, stride 1, no padding.

    x is (h, w) and w is (k, k); y is (h - dilation * (k - 1), w - dilation * (k - 1)), in the dtype of x. `dilation` is
    an int of at least 1 and the pulled-apart kernel fits into x (Yu & Koltun 2016, "Multi-scale context aggregation by
    dilated convolutions").
    """
    raise NotImplementedError("dilated_conv2d is not written yet")


# %%
with try_it():
    print(dilated_conv2d(torch.arange(49.0).reshape(7, 7), torch.eye(3), dilation=2))

# %% [markdown]
# ## Part C. Hand-designed filters
#
# Long before anybody learned kernels, people designed them. The result is as large as the picture, so the window
# hangs over the border, and we have to say what it sees there. We use mirrored borders, SciPy's `mode="reflect"`: the
# picture is mirrored *at its edge*, and the outermost pixel appears twice.
#
# ```
#   ... d c b a | a b c d | d c b a | a b c d ...
# ```
#
# If the window is larger than the picture the mirror image is mirrored again, and so on.
#
# `image` is a 2-D floating-point NumPy array or tensor, (h, w), not necessarily square. What you return is of the
# same kind (an array for an array, a tensor for a tensor) and of the same shape. NumPy is allowed from here on.
# Slices, indexing with a list of ints and `+ - * /` work for arrays and tensors alike: written with these, one
# function serves both.
#
# ### c1. Averaging filter (5 points)
#
# Each pixel becomes the mean of the `size` x `size` window around it:
#
# $$y_{p,q} = \frac{1}{\text{size}^2} \sum_{i=-b}^{a} \sum_{j=-b}^{a} x_{p+i,\,q+j} \qquad
# b = \lfloor (\text{size} - 1) / 2 \rfloor,\quad a = \lfloor \text{size} / 2 \rfloor$$
#
# For an odd size the pixel sits in the middle. For an even size there is no middle, and the window reaches one pixel
# further to the right and down than to the left and up. That is what `scipy.ndimage.convolve` does with a kernel of
# `1 / size**2` and `mode="reflect"`. (`scipy.ndimage.uniform_filter` and `correlate` put it the other way.)
#
# *Example.* The row `1 2 4 8`, averaged along the row:
#
# | size | result | the first one is |
# |---|---|---|
# | 1 | 1, 2, 4, 8 | the pixel itself |
# | 2 | 1.5, 3, 6, 8 | (1 + 2) / 2 |
# | 3 | 1.33, 2.33, 4.67, 6.67 | (1 + 1 + 2) / 3: the 1 again, in the mirror |
# | 4 | 2, 3.75, 5.5, 6 | (1 + 1 + 2 + 4) / 4 |
#
# *Pitfall.* A kernel of ones divided by 9 is an average for size 3 only. For every size, a constant picture must stay
# as it is: the first thing to try.
#
# *Idea.* The mean over a square is the mean over the rows of the mean over the columns. Two passes with `size`
# additions each do the work of `size**2`.


# %%
def averaging_filter(image: np.ndarray | torch.Tensor, size: int = 3) -> np.ndarray | torch.Tensor:
    """Return the picture in which each pixel is the mean of the size x size window around it, borders mirrored.

    `image` is (h, w), floating point; the result is of the same kind, shape and dtype. `size` is any int of at least
    1, odd or even, also larger than the picture. The window reaches (size - 1) // 2 pixels up and left and size // 2
    pixels down and right, as in `scipy.ndimage.convolve(image, ones((size, size)) / size**2, mode="reflect")`, and the
    border is mirrored with the edge pixel doubled: d c b a | a b c d | d c b a.
    """
    # hint: think of one axis of length n first, and of a list that says which pixel the mirror shows at each of the
    # hint: positions -b, ..., n - 1 + a. The mirror images repeat every 2 * n; image[that list] has its borders on.
    raise NotImplementedError("averaging_filter is not written yet")


# %%
with try_it():
    row = np.array([[1.0, 2.0, 4.0, 8.0]])
    for size in (1, 2, 3, 4):
        print(size, averaging_filter(row, size).round(2))

# %% [markdown]
# ### c2. Laplacian filter (5 points)
#
# An edge is where the brightness changes abruptly, and there the second derivative is far from zero. On a grid the
# second derivative along a row is $x_{q-1} - 2x_q + x_{q+1}$, and the Laplacian adds that of the column:
#
# $$y_{p,q} = x_{p-1,q} + x_{p+1,q} + x_{p,q-1} + x_{p,q+1} - 4\,x_{p,q}
# \qquad\text{kernel}\quad \begin{pmatrix} 0 & 1 & 0\\ 1 & -4 & 1\\ 0 & 1 & 0 \end{pmatrix}$$
#
# with mirrored borders as in c1. The weights sum to zero: a constant picture gives 0 everywhere, borders included,
# and inside an even ramp it is 0 as well.
#
# *Example.* A single bright pixel of 1 becomes -4, and its four neighbours become 1.
#
# *Pitfall.* The result has negative numbers. They are half of the answer: neither clip them nor take the absolute
# value.


# %%
def laplacian_filter(image: np.ndarray | torch.Tensor) -> np.ndarray | torch.Tensor:
    """Return the 4-neighbour Laplacian of a picture (centre -4, neighbours 1), borders mirrored as in c1.

    `image` is (h, w), floating point; the result is of the same kind, shape and dtype. At a border the mirror shows the
    border pixel itself (Gonzalez & Woods 2018, "Digital Image Processing", section 3.6).
    """
    # hint: the picture moved down by one row, with the first row doubled, is the picture of all upper neighbours.
    raise NotImplementedError("laplacian_filter is not written yet")


# %%
with try_it():
    spot = torch.zeros(5, 5)
    spot[2, 2] = 1.0
    print(laplacian_filter(spot))

# %% [markdown]
# ### Look at it
#
# Numbers convince, pictures show. Below, a made-up picture with a bright disc, a dark bar and a ramp goes through
# your filters. The blur should be soft up to the border without a dark frame. The Laplacian should be grey (zero) on
# the even areas *and on the ramp*, with a light and a dark line along each edge. Try other sizes; try the Laplacian
# of the blurred picture. And away from the borders both filters are a `conv2d` of b1: with which kernels?


# %%
def made_up_picture(side: int = 48) -> np.ndarray:
    """Return a grey picture (side, side) with a ramp, a bright disc and a dark bar, brightness in [0, 1]."""
    down, right = np.mgrid[0:side, 0:side] / side
    picture = 0.3 + 0.3 * right
    picture[(down - 0.35) ** 2 + (right - 0.35) ** 2 < 0.05] = 1.0
    picture[(down > 0.7) & (down < 0.8) & (right > 0.2) & (right < 0.9)] = 0.0
    return picture


def side_by_side(**pictures: Callable[[], np.ndarray]) -> Figure:
    """Draw the pictures that these functions make, each under its name, in one figure."""
    figure = Figure(figsize=(3 * len(pictures), 3.2), layout="constrained")
    axes_in_a_row = figure.subplots(1, len(pictures), squeeze=False)[0]
    for axes, (title, make) in zip(axes_in_a_row, pictures.items(), strict=True):
        axes.set_title(title)
        axes.set_axis_off()
        with try_it():
            axes.imshow(make(), cmap="gray")
    return figure


picture = made_up_picture()
side_by_side(
    original=lambda: picture,
    average_of_5=lambda: averaging_filter(picture, 5),
    average_of_12=lambda: averaging_filter(picture, 12),
    laplacian=lambda: laplacian_filter(picture),
)

# %% [markdown]
# ## Part D. Inductive bias
#
# Every model *assumes* something before it has seen a single example, and that is its inductive bias. A fully connected
# network assumes little: each pixel has weights of its own, and what was learned about one corner of the picture says
# nothing about another. A convolutional network assumes two things: that what matters is *local*, and that it means the
# same *wherever it stands*. Where the assumption holds it saves examples, many of them. Where it does not hold, it
# hurts. In this part you build both kinds, train them with your own loop and see both sides.
#
# **The data.** `EdgeDetectionDataset`, a part of `provided`, draws grey pictures of 28 x 28 pixels with a dark, even
# background. The label says in which direction the bright band runs, the *edge*:
#
# ```
#   0  "horizontal"        1  "vertical"          2  "none"
#   . . . . . . . .        . . . # # . . .        . . . . . . . .
#   . . . . . . . .        . . . # # . . .        . . . . . . . .
#   # # # # # # # #        . . . # # . . .        . . . . . . . .
#   # # # # # # # #        . . . # # . . .        . . . . . . . .
#   . . . . . . . .        . . . # # . . .        . . . . . . . .
# ```
#
# How wide and how bright a band is and how dark the background is, is drawn at random for each picture. What can be
# drawn is a *domain*, described by the keys of `domain_config`; `help(EdgeDetectionDataset)` lists them all. The one
# that matters most here is `possible_edge_location_ratio`. At 0.5 there is a *domain shift*:
#
# ```
#      mode="train"           mode="valid"
#   # # # # # # # #        . . . . . . . .
#   . . . . . . . .        . . . . . . . .
#   ---------------        ---------------     int(ratio * 28) rows from the top
#   . . . . . . . .        # # # # # # # #
#   . . . . . . . .        . . . . . . . .
# ```
#
# Training never shows an edge in the lower or right half, and validation shows nothing else. A person does not even
# notice. And a network?
#
# **The experiment.** You make loaders with few and with many pictures (d1), two networks (d2, d3), a training loop and a
# measurement (d4, d5), a way to hold kernels fixed (d6) and a way to destroy the order of the pixels while keeping all
# the information (d7). With these you answer the written questions. In d8 you choose how to train.
#
# The data are drawn from NumPy's random numbers when a data set is made, and networks start from torch's. Call
# `set_seed(seed)` before both, and you get the same again.

# %% [markdown]
# ### d1. Loaders for different amounts of data (3 points)
#
# How many pictures does a network need? To find out you train it with 10 of each class, with 20, and so on. Make one
# training loader for each of these counts, and return them in a dict: `loaders[10]` is a `DataLoader` that yields
# 30 pictures in an epoch, 10 of each of the three classes.
#
# *From picture to tensor.* `dataset[i]` is a PIL image and an int. A network wants `float32`, between 0 and 1, with a
# channel axis: `(1, 28, 28)` for one picture, `(B, 1, 28, 28)` for a batch. `torchvision.transforms.ToTensor()` does just
# that. Hand it to the data set as `transform`.
#
# *Pitfall.* The pictures of a data set lie in order, class by class. Without shuffling, the first batches hold class 0
# only, and the network learns to say 0. And it must be shuffled anew in each epoch.
#
# *Pitfall.* 30 pictures in batches of 8 make three batches of 8 and one of 6. The 6 belong to the epoch as well.
#
# *Pitfall.* Each count has a data set of its own. A loader with 20 pictures of each class does not contain the 10.


# %%
def make_loaders(images_per_class: Iterable[int], batch_size: int = 10, **domain: Any) -> dict[int, DataLoader]:
    """Return a training loader for each number of images per class: `{count: loader}`.

    Each loader yields `(images, labels)`: images float32 (B, 1, 28, 28) between 0 and 1, labels int64 (B,). They come from an
    `EdgeDetectionDataset` of its own with mode="train", `data_per_class=count` and, in `domain`, further keys of its
    `domain_config` (for example `possible_edge_location_ratio=0.5`). In an epoch each image comes exactly once, in an order
    that is new in every epoch; all batches hold `batch_size` images, but for the last where they do not come out even.
    """
    # hint: {"a": 1, **domain} is a new dict with "a" and everything in domain.
    raise NotImplementedError("make_loaders is not written yet")


# %%
with try_it():
    set_seed(0)
    for count, loader in make_loaders([10, 20], batch_size=8).items():
        images, labels = next(iter(loader))
        print(f"{count} of each class: {len(loader)} batches, the first {tuple(images.shape)} with labels {labels.tolist()}")

# %% [markdown]
# ### d2. A small convolutional network (3 points)
#
# ```
#   (B, 1, 28, 28)
#        | conv1: num_filters kernels, padding (kernel_size - 1) // 2
#   (B, F, 28, 28)     relu, max pooling 2 x 2
#   (B, F, 14, 14)
#        | conv2: num_filters kernels, the same padding
#   (B, F, 14, 14)     relu, global average pooling: the mean over all positions
#   (B, F)
#        | fc
#   (B, num_classes)   the logits
# ```
#
# Global average pooling throws away *where* a filter has answered and keeps *how much*. With it the network has few
# parameters: with 3 filters of 7 x 7 it is 3 · 49 + 3 = 150 in `conv1`, 3 · 3 · 49 + 3 = 444 in `conv2` and
# 3 · 3 + 3 = 12 in `fc`, together **606**. (Compare with d3!)
#
# *Pitfall.* What leaves the network are logits, any real numbers. `nn.CrossEntropyLoss` applies the softmax itself;
# a second one inside the network makes learning slow and the loss wrong.
#
# *Pitfall.* `squeeze()` takes *every* axis of length 1 away, and with a batch of one picture that is the batch, too.
#
# *Pitfall.* With an even kernel, padding $(k-1)/2$ rounded down makes the picture one pixel smaller. That is fine: who
# writes `padding="same"`, or pools with a fixed 14 x 14 window, gets something else.


# %%
class SimpleCNN(nn.Module):
    """A network conv1 - relu - max pooling 2 - conv2 - relu - global average pooling - fc.

    Both convolutions have `num_filters` kernels of `kernel_size` x `kernel_size`, a bias, stride 1 and the padding
    `(kernel_size - 1) // 2`. The attributes `conv1`, `conv2` (`nn.Conv2d`) and `fc` (`nn.Linear`) are all there is to learn.
    (The design follows Lin, Chen & Yan 2014, "Network in network", section 3.2, for the global average pooling.)
    """

    def __init__(self, num_filters: int = 3, kernel_size: int = 7, num_classes: int = 3) -> None:
        """Make the layers."""
        # hint: super().__init__() comes first; then self.conv1 = nn.Conv2d(...) and so on.
        raise NotImplementedError("SimpleCNN.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (B, num_classes) for pictures (B, 1, H, W)."""
        raise NotImplementedError("SimpleCNN.forward is not written yet")


# %%
with try_it():
    set_seed(0)
    cnn = SimpleCNN()
    print("parameters:", sum(p.numel() for p in cnn.parameters()), "logits:", tuple(cnn(torch.rand(5, 1, 28, 28)).shape))

# %% [markdown]
# ### d3. A fully connected network to compare with (2 points)
#
# Flatten the picture, then three linear layers with a relu after the first and after the second:
#
# $$x \in \mathbb{R}^{784} \;\to\; \text{fc1} \to \text{relu} \to \text{fc2} \to \text{relu} \to \text{fc3} \;\to\; \mathbb{R}^3$$
#
# With `hidden_dims=(50, 10)` it has 784 · 50 + 50 + 50 · 10 + 10 + 10 · 3 + 3 = **39,793** parameters, and almost all of
# them in the first layer: 50 weights for each single pixel.
#
# *Think about it.* Take any fixed permutation of the 784 pixels and apply it to all pictures, in training and in
# validation. What changes for this network? And for that of d2?


# %%
class ThreeLayerMLP(nn.Module):
    """A network flatten - fc1 - relu - fc2 - relu - fc3, with biases.

    `fc1`, `fc2`, `fc3` are `nn.Linear`; the hidden layers have `hidden_dims[0]` and `hidden_dims[1]` units.
    """

    def __init__(
        self, input_dim: tuple[int, int, int] = (1, 28, 28), hidden_dims: tuple[int, int] = (10, 10), num_classes: int = 3
    ) -> None:
        """Make the layers; `input_dim` is (C, H, W)."""
        raise NotImplementedError("ThreeLayerMLP.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (B, num_classes) for pictures (B, C, H, W)."""
        raise NotImplementedError("ThreeLayerMLP.forward is not written yet")


# %%
with try_it():
    print("parameters:", sum(p.numel() for p in ThreeLayerMLP(hidden_dims=(50, 10)).parameters()))

# %% [markdown]
# ### d4. Training for one epoch (4 points)
#
# For each batch: clear the gradients, compute the logits and the loss, go backward, make one step of the optimizer.
# On the way, keep the books: what was the loss, and how often was the largest logit the right one?
#
# *The mean of what?* The criterion gives the mean over a batch. The mean over the *epoch* weighs each batch with its
# number of samples $n_b$:
#
# $$\text{loss} = \frac{\sum_b n_b\, \ell_b}{\sum_b n_b}$$
#
# *Example.* 10 samples in batches of 4, 4 and 2 with losses 1.0, 1.0 and 4.0: the mean over samples is
# (4 + 4 + 8) / 10 = 1.6, the mean over batches (1 + 1 + 4) / 3 = 2.0. The two samples of the small last batch would
# count double.
#
# *Pitfall.* PyTorch *adds* gradients up until somebody clears them.
#
# *Pitfall.* Loss and accuracy are those of the predictions made *while* training, each before the step that learns
# from it. No second pass over the data.
#
# *Pitfall.* The model may come from an evaluation and still be in eval mode. Dropout and batch normalisation then do
# something else, silently.


# %%
def train_one_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    criterion: nn.Module,
    loader: DataLoader,
    device: str | torch.device = "cpu",
) -> tuple[float, float]:
    """Train a model for one pass over a loader and return `(loss, accuracy)` of that epoch, two numbers.

    The loader yields `(inputs, labels)`, labels int64 (B,); the model, which is on `device` already, gives logits (B, classes),
    and `criterion(logits, labels)` is a mean over the batch. The model is trained in training mode, with one step of the
    optimizer for each batch and with the gradient of that batch alone. The loss is the mean over all *samples*; the
    accuracy, between 0 and 1, counts the predictions of the same forward passes.
    """
    # hint: loss.item() * len(labels) is the sum over a batch.
    raise NotImplementedError("train_one_epoch is not written yet")


# %%
with try_it():
    set_seed(0)
    network = SimpleCNN(kernel_size=5)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    loader = make_loaders([10])[10]
    for epoch in range(3):
        loss, accuracy = train_one_epoch(network, optimizer, nn.CrossEntropyLoss(), loader)
        print(f"epoch {epoch + 1}: loss {loss:.3f}, accuracy {accuracy:.2f}")

# %% [markdown]
# ### d5. Evaluation (4 points)
#
# Measure without changing anything: eval mode, no gradients, no steps. Besides loss and accuracy return the confusion
# matrix, which says *which* mistakes are made:
#
# ```
#                    predicted
#                    0    1    2
#            0   [  48    2    0 ]     48 of 50 pictures of class 0 were recognised, 2 taken for class 1
#     true   1   [   3   47    0 ]
#            2   [   0   10   40 ]
# ```
#
# Rows are the true classes, columns the predicted ones; the diagonal is what is right, so its sum divided by the sum of
# all is the accuracy.
#
# *Pitfall.* The matrix is as large as the number of logits, even when a class is missing in the data and nobody
# predicts it.
#
# *Pitfall.* `torch.set_grad_enabled(False)` stays switched off when the function is over, and the next training ends in
# an error, or in nothing. `with torch.no_grad():` leaves things as they were.


# %%
def evaluate(
    model: nn.Module, criterion: nn.Module, loader: DataLoader, device: str | torch.device = "cpu"
) -> tuple[float, float, torch.Tensor]:
    """Return `(loss, accuracy, confusion)` of a model over a loader.

    Everything as in `train_one_epoch`, but in eval mode, without gradients, and with parameters and buffers unchanged;
    whether autograd records is afterwards as it was before. `confusion` is an int64 tensor (or array) (classes, classes),
    `confusion[t, p]` the number of samples of class t that were predicted as p; `classes` is the number of logits.
    """
    # hint: torch.bincount counts how often each number occurs; t * classes + p is a number for each pair (t, p).
    raise NotImplementedError("evaluate is not written yet")


# %%
with try_it():
    set_seed(1)
    loss, accuracy, confusion = evaluate(SimpleCNN(), nn.CrossEntropyLoss(), make_loaders([20])[20])
    print(f"untrained: loss {loss:.3f}, accuracy {accuracy:.2f}, confusion {confusion.tolist()}")

# %% [markdown]
# ### d6. Holding the kernels fixed (2 points)
#
# A network whose kernels are set by hand, to those of part C for example, has to learn only what to make of their
# answers. Setting `requires_grad` of a parameter to `False` keeps it as it is.
#
# A convolution layer is any of `nn.Conv1d`, `nn.Conv2d`, `nn.Conv3d` and their transposed counterparts
# (`nn.ConvTranspose2d`, ...), classes derived from them included; and it may lie deep inside of other modules.
#
# *Pitfall.* Do not switch anything *on*: a layer that somebody else has frozen stays frozen.
#
# *Pitfall.* A layer may have no bias: then `layer.bias` is `None`.


# %%
def freeze_conv_layers(model: nn.Module) -> None:
    """Stop the training of the weights and biases of all convolution layers in a model, at any depth, in place.

    Their `requires_grad` becomes False, that of every other parameter stays as it is, and no value changes.
    """
    # hint: model.modules() goes through all modules, at any depth.
    raise NotImplementedError("freeze_conv_layers is not written yet")


# %%
with try_it():
    network = SimpleCNN()
    freeze_conv_layers(network)
    print("still learned:", [name for name, parameter in network.named_parameters() if parameter.requires_grad])

# %% [markdown]
# ### d7. Shuffling the pixels (3 points)
#
# Take one permutation of the H · W positions and move the pixels of *every* picture, and of every channel, in the same
# way. To a person the pictures become noise. Yet not a bit of information is lost: `unpermute_pixels` brings it all
# back.
#
# ```
#   picture      flat             permutation        flat          permuted picture
#    a b c                                                            f a c
#    d e f       a b c d e f      [5 0 2 4 1 3]      f a c e b d      e b d
# ```
#
# Here `new[i] = old[permutation[i]]`. The other direction, `new[permutation[i]] = old[i]`, is as good, as long as the two
# functions are inverse to each other.
#
# *Hint.* If `new = old[permutation]`, then `old = new[inverse]` with `inverse = torch.argsort(permutation)`. Why?
#
# *Pitfall.* The pictures need not be square, and may hold bytes or truth values as well as floats: moving pixels changes
# no dtype.


# %%
def permute_pixels(images: torch.Tensor, permutation: torch.Tensor) -> torch.Tensor:
    """Return images (B, C, H, W) in which the pixels of each image and channel have changed places by one permutation.

    `permutation` is an int64 tensor (H * W,) that holds each index once; positions are counted row by row. Shape and dtype
    stay, and the arguments stay as they are.
    """
    raise NotImplementedError("permute_pixels is not written yet")


def unpermute_pixels(images: torch.Tensor, permutation: torch.Tensor) -> torch.Tensor:
    """Return the images (B, C, H, W) of which `permute_pixels` with the same permutation makes these.

    It is the inverse in both orders: `permute_pixels(unpermute_pixels(x, p), p)` is x as well.
    """
    raise NotImplementedError("unpermute_pixels is not written yet")


# %%
with try_it():
    letters = torch.arange(6).reshape(1, 1, 2, 3)
    order = torch.tensor([5, 0, 2, 4, 1, 3])
    print(permute_pixels(letters, order).tolist(), unpermute_pixels(permute_pixels(letters, order), order).tolist())

# %% [markdown]
# ### d8. How to train under domain shift (4 points)
#
# 10 pictures of each class with edges in the upper left part, 50 of each class with edges elsewhere to be validated
# on (`possible_edge_location_ratio=0.5`). Find a learning rate, a number of epochs and a kernel size with which
# `SimpleCNN` generalises, and return them.
#
# The grader does not run your training. It trains its *own* network with your numbers, five times with five seeds, with
# SGD, momentum 0.9 and batches of 10, and takes the median of the five validation accuracies: full points from 0.80,
# half of them from 0.65. So look for settings that work with *every* seed and not for a lucky one.
#
# *Where to begin.* With d1 to d5 one run is a dozen lines and takes seconds. Vary one thing at a time: first the number of
# epochs (is the training loss still falling?), then the learning rate (does it fall too slowly, or jump?), then the kernel.
# Three filters are few, so a bad start happens; that is why the median counts.
#
# *Think about it.* How large must a kernel be to tell a horizontal band, at most 4 pixels wide, from a vertical one?
# And what does a large one see beside it? (Padding fills the outside with zeros. Can the network find out *where* it is?)


# %%
def best_config() -> dict[str, float | int]:
    """Return `{"lr": ..., "num_epochs": ..., "kernel_size": ...}` for training `SimpleCNN` under domain shift.

    `lr` is a number above 0, `num_epochs` an int from 1 to 1000, `kernel_size` an int from 1 to 15.
    """
    # hint: write a function that trains and validates once for given settings and a seed, and print a table. Call it in a
    # hint: cell of its own: best_config itself only returns the three numbers.
    raise NotImplementedError("best_config is not written yet")


# %%
with try_it():
    print("chosen:", best_config())

# %% [markdown]
# ## Part E. GPU memory
#
# `CUDA out of memory` is the first thing that many people learn about GPUs. Afterwards they halve the batch until the
# message goes away. You can do better: what a training step needs can be worked out beforehand, on a laptop without any
# GPU, to within a few percent.
#
# **Where the memory goes.** While a network trains, five things lie in memory at the same time:
#
# | what | how much | when it is there |
# |---|---|---|
# | weights | 4 bytes for each parameter in float32 | always |
# | gradients | as much as the weights that are trained | from the backward pass until they are cleared |
# | optimizer state | 0, 1 or 2 times the weights that are trained | from the first step on, always |
# | the input | 4 bytes for each number of the batch | during the step |
# | saved activations | depends on the network, in proportion to the batch | from the forward to the backward pass |
#
# The first three do not care how large the batch is, the last two do not care which optimizer you take. For small
# networks on large pictures the last one dwarfs all others.
#
# ```
#   memory
#     ^                       * <- peak: the forward pass has ended, nothing is freed yet
#     |                  *         *
#     |             *                   *
#     |        *     saved activations       *
#     |   * - - - - - - - - - - - - - - - - - - - *     weights, gradients, state
#     +-----------------------------------------------> time
#         forward pass     | loss |  backward pass   | step
# ```
#
# What comes on top, on a real card, is not your network's: the CUDA context with its kernels (hundreds of MB), what other
# programs hold, and what torch's allocator keeps in reserve. `nvidia-smi` shows all of it together. We ask for what
# tensors need, which is what `torch.cuda.max_memory_allocated()` says.
#
# **Units.** Two are in use, and 5 % lie between them: 1 MB is 10^6 bytes, 1 MiB is 2^20 = 1,048,576 bytes. Here e2 and
# e3 count in MB, e4 in MiB.
#
# **The meta device.** A tensor on the device `"meta"` has a shape and a dtype and no memory at all. Operators on it
# work out shapes and compute nothing, so that ResNet-152 costs no more than its Python objects:
#
# ```
# with torch.device("meta"):
#     resnet = torchvision.models.resnet152(num_classes=10)
# resnet(torch.empty(64, 3, 224, 224, device="meta")).shape      # (64, 10), at once
# ```
#
# Some of the models that your functions are given are on the meta device, others on the CPU.

# %% [markdown]
# ### e1. Counting parameters (2 points)
#
# Count the numbers, not the tensors: a `torch.nn.Conv2d(3, 64, 7)` has two parameter tensors and 9,472 parameters.
#
# *Example.* ResNet-152 with 10 classes has 58,164,298.
#
# *Pitfall.* Networks share weights: a language model reads and writes words with the same matrix. A parameter that two
# layers hold is one parameter. `model.parameters()` knows that; a walk over the layers or over `state_dict()` does not.
# (And addresses cannot tell tensors on the meta device apart: they have none.)


# %%
def count_parameters(model: nn.Module, only_trainable: bool = False) -> int:
    """Return how many numbers the parameters of a model hold, a shared parameter counted once.

    With `only_trainable`, parameters with `requires_grad=False` are left out. Buffers, such as the running mean of batch
    normalisation, are no parameters.
    """
    raise NotImplementedError("count_parameters is not written yet")


# %%
with try_it():
    with torch.device("meta"):
        resnet152 = torchvision.models.resnet152(num_classes=10)
    print("ResNet-152:", count_parameters(resnet152))
    resnet152.layer4.requires_grad_(False)
    print("without its last stage:", count_parameters(resnet152, only_trainable=True))

# %% [markdown]
# ### e2. Size of a model (2 points)
#
# A number takes 4 bytes in `float32`, 2 in `float16` and `bfloat16`, 8 in `float64`; and one model may mix them, with
# half precision for the large matrices and full precision for the rest. `tensor.element_size()` knows.
#
# *Example.* ResNet-152 with 10 classes in `float32`: 232.657192 MB.
#
# *Pitfall.* "58 million parameters, so 58 MB" was a real answer in a real course.


# %%
def model_size_mb(model: nn.Module) -> float:
    """Return how much memory the parameters of a model take, in MB of 10**6 bytes.

    Each shared parameter counts once, each with the size of its own dtype, whether it trains or not; buffers do not count.
    """
    raise NotImplementedError("model_size_mb is not written yet")


# %%
with try_it():
    with torch.device("meta"):
        resnet152 = torchvision.models.resnet152(num_classes=10)
    print(f"float32: {model_size_mb(resnet152):.6f} MB")
    print(f"float16: {model_size_mb(resnet152.half()):.6f} MB")

# %% [markdown]
# ### e3. State of an optimizer (3 points)
#
# Plain SGD forgets everything between two steps. With momentum it remembers a velocity for each parameter. Adam (Kingma &
# Ba 2015) remembers two numbers, a running mean of the gradient and one of its square:
#
# | `optimizer` | remembers | numbers for each trained parameter |
# |---|---|---|
# | `"SGD"` | nothing | 0 |
# | `"SGD_WITH_MOMENTUM"` | $v$ | 1 |
# | `"ADAM"` | $m$ and $v$ | 2 |
#
# They have the dtype of the parameter they belong to. (Adam also counts its steps, once for each tensor; that is nothing,
# and we leave it out.)
#
# *Pitfall.* A frozen parameter has no state: this is half of the reason why fine-tuning the last layer fits on a small
# card. What is the other half?


# %%
def optimizer_state_mb(model: nn.Module, optimizer: str) -> float:
    """Return how much memory an optimizer keeps between two steps for the parameters that train, in MB of 10**6 bytes.

    `optimizer` is "SGD", "SGD_WITH_MOMENTUM" or "ADAM": 0, 1 or 2 numbers for each number it trains, of the same dtype.

    Raises:
        ValueError: it is none of these three; "adam" is none of them.
    """
    raise NotImplementedError("optimizer_state_mb is not written yet")


# %%
with try_it():
    with torch.device("meta"):
        resnet152 = torchvision.models.resnet152(num_classes=10)
    for optimizer in ("SGD", "SGD_WITH_MOMENTUM", "ADAM"):
        print(f"{optimizer:18}{optimizer_state_mb(resnet152, optimizer):9.2f} MB")

# %% [markdown]
# ### e4. Memory of a training step (6 points)
#
# Now the whole of it: the peak, in MiB, while a network trains on one batch. To leave no doubt what is measured, this is
# one step,
#
# ```
# loss = criterion(model(batch), targets)      # forward; the gradients of the last step are still there
# optimizer.zero_grad()                        # now they are not
# loss.backward()
# optimizer.step()
# ```
#
# everything is `float32`, and we look at the *second* step, when the optimizer has its state. The highest point is the
# end of the forward pass. Add up what is alive there: weights, gradients, optimizer state, the input, and the saved
# activations. Buffers, too; they are small.
#
# **Which activations are saved?** Not all outputs of all layers: that is the formula in many tutorials, and for ResNets
# it is 35 % too high. Autograd keeps what the *backward* pass will read, and frees the rest at once:
#
# | layer | its backward pass reads |
# |---|---|
# | convolution, linear | its input and its weights |
# | batch normalisation | its input, and the batch's mean and deviation |
# | relu | its output |
# | max pooling | its input, and where each maximum was (8 bytes for each output) |
# | addition, flatten | nothing |
#
# So in `conv -> bn -> relu -> conv` what batch normalisation gives is read by nobody: relu keeps its own output, and an
# *in-place* relu, `nn.ReLU(inplace=True)`, even writes it into the same memory. And that output is also the input which
# the next convolution keeps: one tensor, saved twice, takes its memory once.
#
# **You need not keep that table yourself: ask autograd.** Within
#
# ```
# with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
#     model(batch)
# ```
#
# torch calls `pack(tensor)` for every tensor that it saves. Your `pack` may look at it and has to return it;
# `unpack` is `lambda tensor: tensor`. Two tensors share their memory when `tensor.untyped_storage()` is the same object,
# whose `.nbytes()` is the size. Run that on a copy of the model on the meta device, and a batch of 64 large pictures
# costs you no memory and a tenth of a second.
#
# *Example.* ResNet-18 with 10 classes and 64 pictures of 3 x 224 x 224: 1439 MiB with SGD, 85 MiB more with Adam. More
# than nine tenths of it are saved activations, and 36 MiB are the input.
#
# **How it is marked.** For ResNet-18 with a batch of 64 and ResNet-152 with batches of 8 and 16, each optimizer: full
# points within 200 MiB or 10 % of the measured peak, whichever is more, half of them within 30 %. A third of the points
# is for differences, for small networks as well: from optimizer to optimizer and from batch to batch your estimate has to
# grow as the peak does, within 15 %.
#
# *Pitfall.* The model that you are given may be on the meta device or on the CPU, and afterwards it must be as it was.
# `model.to("meta")` changes the model itself, and throws its weights away; a forward pass in training mode moves the
# running means of batch normalisation. `copy.deepcopy` is your friend.
#
# *Pitfall.* The weights that a convolution saves are the weights which you have counted already.
#
# *Think about it.* What does *activation checkpointing* trade for what? Where would the peak be if you cleared the
# gradients before the forward pass?


# %%
def estimate_training_memory_mib(model: nn.Module, optimizer: str, batch_shape: Sequence[int]) -> float:
    """Return the peak of tensor memory during the second training step, in MiB of 2**20 bytes.

    One step is forward, loss, `zero_grad()`, backward, `step()`. The peak holds weights, gradients, optimizer state, saved
    activations and the input, all in float32, and not the CUDA context. `optimizer` is a name as in e3, `batch_shape` is
    the shape of the input, (B, ...). The model is on the CPU or on the meta device, and is left as it is; no activation
    has to be computed for it.
    """
    # hint: work on a copy: copy.deepcopy(model).to("meta").train()
    # hint: keep the storages that you have seen in a dict, {id(storage): storage}, so that each counts once.
    raise NotImplementedError("estimate_training_memory_mib is not written yet")


# %%
with try_it():
    with torch.device("meta"):
        resnet18 = torchvision.models.resnet18(num_classes=10)
    for batch_size in (16, 64):
        for optimizer in ("SGD", "ADAM"):
            estimate = estimate_training_memory_mib(resnet18, optimizer, (batch_size, 3, 224, 224))
            print(f"ResNet-18, batch of {batch_size}, {optimizer:4}: {estimate:7.1f} MiB")

# %% [markdown]
# ### e5. The largest batch that fits (2 points)
#
# And when it does not fit, torch raises `torch.cuda.OutOfMemoryError`. Write the search that everybody does by hand. You
# get some batch sizes and a function `fits(b)` that tries one. It answers True or False, or it runs out of memory, which
# means False.
#
# If a batch fits, every smaller one fits as well.
#
# *Pitfall.* An OutOfMemoryError is a RuntimeError, and so are wrong shapes, wrong devices and most mistakes one can make
# with torch. Catch the one and let the others through: a search that answers "nothing fits" because of a typo has cost
# people days.
#
# *Idea.* When `fits` takes a minute, how many times do you need to call it for 64 candidates?


# %%
def largest_batch_size(candidates: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """Return the largest of the candidates for which `fits(b)` is true, None when there is none.

    `candidates` are ints in any order, perhaps none at all, perhaps some twice. `fits` raises `torch.cuda.OutOfMemoryError`
    for a batch that does not fit, or returns something false; if b fits then every smaller batch does. What else it
    raises is not caught.
    """
    # hint: sorted() makes a new list; list.sort() changes the caller's.
    raise NotImplementedError("largest_batch_size is not written yet")


# %%
with try_it():
    print(largest_batch_size([8, 64, 16, 32], lambda b: b <= 24))
    print(largest_batch_size([8, 64, 16, 32], lambda b: b <= 4))

# %% [markdown]
# ### e6. Gradients by pieces (4 points)
#
# You want the gradient of a batch of 64, and only 16 fit. The loss is a mean over samples, and so is its gradient: do
# four batches of 16 one after the other, and let `.grad` add them up, as `backward()` does anyway. After each piece its
# activations are freed. That is *gradient accumulation*: the memory of 16, the step of 64.
#
# The mean over $n$ samples is made of the means over the pieces, each with its share:
#
# $$\frac{1}{n}\sum_{i=1}^{n} \ell_i = \sum_{\text{pieces } p} \frac{n_p}{n} \Bigl(\frac{1}{n_p} \sum_{i \in p} \ell_i\Bigr)$$
#
# *Example.* 10 samples in pieces of 4: the pieces have 4, 4 and 2 samples and count 0.4, 0.4 and 0.2.
#
# *Pitfall.* Dividing by the *number of pieces* is what most code on the web does. It is right only if all of them are
# equally large.
#
# *Pitfall.* What the last step has left in `.grad` must not be added.
#
# *Think about it.* Why does the recipe fail for networks with batch normalisation?


# %%
def accumulate_gradients(
    model: nn.Module,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    inputs: torch.Tensor,
    targets: torch.Tensor,
    micro_batch: int,
) -> float:
    """Leave the gradient of the full batch's mean loss in `.grad`, by pieces of at most `micro_batch` samples; return the loss.

    `inputs` is (B, ...) and `targets` (B, ...), `criterion(outputs, targets)` is the mean over the samples it is given. Old
    gradients are cleared first, parameters stay as they are, and the last piece may be smaller. Returns the mean loss of
    the full batch. The model has no batch normalisation.
    """
    raise NotImplementedError("accumulate_gradients is not written yet")


# %%
with try_it():
    torch.manual_seed(0)
    line, x, y = nn.Linear(3, 1), torch.randn(10, 3), torch.randn(10, 1)
    for micro_batch in (10, 4):
        loss = accumulate_gradients(line, nn.MSELoss(), x, y, micro_batch)
        print(f"pieces of {micro_batch:2}: loss {loss:.6f}, gradient {line.weight.grad}")

# %% [markdown]
# ### e7. The learning rate for a larger batch (1 point)
#
# A larger batch gives a less noisy gradient, so one may take larger steps: with $k$ times the batch, $k$ times the
# learning rate. This *linear scaling rule* (Goyal et al. 2017) breaks down when steps become too large, so there is a cap.
#
# *Example.* 1e-4 for a batch of 4 makes 4e-4 for 16, and 0.0064 for 256 and everything above.


# %%
def scaled_lr(batch_size: int, base_lr: float = 1e-4, base_batch: int = 4, cap: float = 0.0064) -> float:
    """Return the learning rate for a batch: `base_lr` for `base_batch`, in proportion for others, and at most `cap`.

    The linear scaling rule of Goyal et al. 2017, "Accurate, large minibatch SGD: training ImageNet in 1 hour", section 2.1.
    """
    raise NotImplementedError("scaled_lr is not written yet")


# %%
with try_it():
    print([scaled_lr(batch_size) for batch_size in (4, 16, 64, 256, 1024)])

# %% [markdown]
# ## Part F. Figures
#
# You have trained two networks and counted what they get wrong. Nobody will read your arrays; people read figures. A
# figure is an argument, and a reader must be able to follow it without you standing beside it: *what* is drawn against
# *what*, *which* line is which, and the numbers themselves where they matter.
#
# **How figures are graded.** Your function is called with made-up data, and the matplotlib figure that it returns is
# read: its lines with their data, axes, labels, ticks, legend and texts. Colours, sizes, fonts, markers, grids and
# titles are yours. So is the way you draw: `plt.plot`, `axes.plot`, `imshow`, `pcolormesh`, or a display of
# scikit-learn.
#
# **A good start** is one line, and a good end is another:
#
# ```
# figure, axes = plt.subplots(layout="constrained")   # a new figure, so that a second call does not draw over the first
# ...
# return figure
# ```
#
# (`layout="constrained"` keeps long labels inside the picture.)

# %% [markdown]
# ### f1. Validation accuracy over the number of images (3 points)
#
# The question of part D in one picture: how much does the right inductive bias save? Draw the validation accuracy of
# the CNN and of the MLP against the number of training images per class.
#
# The figure must have
#
# - two lines, one for each network, through exactly the points `(counts[i], accuracy[i])`, and no third line: leave out
#   guides such as `axhline` (a grid is fine);
# - a label at the x axis and one at the y axis;
# - a legend with an entry that contains `CNN` and one that contains `MLP`.
#
# ```
#   accuracy
#      1 |                 ____ CNN
#        |          __----
#        |     _--             ..  MLP
#        |  _-          ....''
#    1/3 | '......''''
#        +----------------------------
#          10     100     1000
#             images per class
# ```
#
# *Hint.* The counts often grow by factors (10, 20, 50, 100, ...). On a linear axis the interesting left end is squeezed
# into a corner; `axes.set_xscale("log")` gives every factor the same width. Markers show where you measured and where
# the line only connects; error bars (`axes.errorbar`) show how much to trust a point, and count as part of its line.
#
# *Pitfall.* `axes.legend()` shows the `label=` of each line. `axes.legend(["CNN", "MLP"])` goes by the order in which
# the lines were drawn, and names the wrong one as soon as somebody changes it.


# %%
def plot_validation_accuracy(counts: Sequence[int], cnn_accuracy: Sequence[float], mlp_accuracy: Sequence[float]) -> Figure:
    """Draw validation accuracy against the number of images per class and return the figure.

    `counts` are numbers of images, all different; `cnn_accuracy[i]` and `mlp_accuracy[i]` are fractions in [0, 1] that were
    reached with `counts[i]`. All three are lists, tuples or arrays of one length, which is at least 1. Two lines with
    exactly that data and no third, both axes labelled, a legend whose entries contain "CNN" and "MLP".
    """
    # hint: axes.plot(x, y, label="...") twice; then labels, legend, and return the figure.
    raise NotImplementedError("plot_validation_accuracy is not written yet")


# %%
with try_it():
    figure = plot_validation_accuracy([10, 20, 50, 100], [0.55, 0.8, 0.96, 0.99], [0.36, 0.4, 0.52, 0.61])

# %% [markdown]
# ### f2. Confusion matrix (2 points)
#
# Accuracy says *how often* a classifier is wrong; its confusion matrix says *how*. Entry $(i, j)$ counts the samples of
# true class $i$ that were taken for class $j$: rows are true, columns predicted, as `evaluate` of d5 returns it. The
# diagonal is what went right.
#
# The figure must have
#
# - every cell's count, written in the cell as an integer: `12`, not `12.0` or `1e+01`, and zeros too;
# - axes that say which of them is the true class and which the predicted one. Either may be which, as long as the
#   counts stand accordingly;
# - ticks that carry the class names, each at its row or column.
#
# *Example.* With `confusion = [[5, 1], [0, 4]]` and the names `cat` and `dog`, one cat was taken for a dog:
#
# ```
#             cat   dog    predicted
#    cat       5     1
#    dog       0     4
#    true
# ```
#
# *Pitfalls.* A picture has its rows along *y*: the count of row `i` and column `j` stands at `axes.text(j, i, ...)`, and
# with a symmetric matrix you do not notice when you swap them. Black digits vanish on dark cells: choose their colour by
# the cell. Long names overlap unless you rotate them.


# %%
def plot_confusion(confusion: np.ndarray | torch.Tensor, class_names: Sequence[str]) -> Figure:
    """Draw a confusion matrix with the count written in each cell and return the figure.

    `confusion` is (n, n), integers, rows true and columns predicted, an array or a tensor on the CPU; `class_names` are n
    strings, all different, n at least 2. The axes say which is the true and which the predicted class (either way round),
    and their ticks carry the class names.
    """
    # hint: imshow, then two loops with axes.text(column, row, ...); set_xticks(positions, labels=names).
    raise NotImplementedError("plot_confusion is not written yet")


# %%
with try_it():
    figure = plot_confusion(np.array([[48, 2, 0], [5, 41, 4], [1, 7, 42]]), ["horizontal", "vertical", "none"])

# %% [markdown]
# ## Part W. Written answers
#
# Ten short questions on what you saw in parts B to F, with 3 points each. A person reads your answers: nothing here is
# checked by a program, except that an answer is there.
#
# **How to answer.** Write below the line *Your answer:*, in place of the text that stands there. Five to ten sentences are
# usually enough. Tables, formulas and code are welcome. Write your numbers and what you see in your plots into the text:
# pictures are not shown to the reader beside your answer. Instead of the cell (or of the comment, in a `.py` file) you may
# assign a string `answer_w1 = """..."""`.
#
# **What earns points.** First what you observed, then why it is so. An answer that fits your own results earns the points
# even where these differ from what others found. `python grade.py check conv_nets PATH` says which answers were found and
# shows them as the reader will see them.

# %% [markdown] tags=["answer-w1"]
# ### w1. Patterns in the learned filters (3 points)
#
# Train a `SimpleCNN` on the edge data until it classifies well, and draw the kernels of `conv1` as pictures. Which
# patterns do you see, and what does each of them answer to? Are there kernels in which you see nothing, and what does
# that tell you?
#
# *Hint.* `model.conv1.weight.detach()` has the shape (filters, 1, k, k). Draw all kernels with the same colour scale that
# is symmetric around 0, else every kernel looks important. Look at two networks from different seeds before you call
# something a pattern.
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w2"]
# ### w2. Learned, untrained and edge-detector kernels compared (3 points)
#
# Put three sets of kernels beside each other: those of an untrained network, those that were learned, and edge
# detectors that you set by hand. In what do they differ, as pictures and in what the network does with them? Name
# one thing that the hand-made ones have and the learned ones have not, and the other way round.
#
# *Hint.* Compare not only by eye: the sum of a kernel's weights (0 for an edge detector), its size, or the accuracy when
# only `fc` is trained on top of it.
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w3"]
# ### w3. Why the frozen edge detectors lose when there is much data (3 points)
#
# Set the convolution layers of a `SimpleCNN` to edge detectors and freeze them with `freeze_conv_layers`, so that
# only `fc` learns. With a few images for each class this network beats the one that learns everything. With many images
# it loses. Why?
#
# *Hint.* Which numbers can still change, and what can they express? Think of prior knowledge as a guess: when does a good
# guess help, and when does it hold you back? Your curves of validation accuracy over the number of images show where the
# two cross.
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w4"]
# ### w4. The numbers of epochs that you tried, and why (3 points)
#
# For `best_config` (d8) you chose a number of epochs, a learning rate and a kernel size. Which did you try, in what
# order, and how did you decide? What happens when you train far longer, and what does a larger learning rate change?
#
# *Hint.* A table with a row for each trial says more than a paragraph. Ten images for each class and batches of 10 make 3
# steps in an epoch. One run is one draw: d8 takes the median of five seeds.
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w5"]
# ### w5. Why the confusion matrices under domain shift look so (3 points)
#
# With `possible_edge_location_ratio=0.5` the training edges lie in one part of the picture and the validation edges in
# the other. Show the confusion matrix of the CNN and of the MLP on the validation data. Which classes are mistaken for
# which, and why does it look so different for the two?
#
# *Hint.* `evaluate` returns the matrix: rows are the true classes, columns the predicted ones. Which weights of `fc1` have
# ever seen an edge during training? What does the network know about a place at which there was never one?
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w6"]
# ### w6. Why the MLP fails and the CNN learns (3 points)
#
# On the data of w5, or with very few images, the MLP does well on what it was trained on and poorly on the rest, with
# many times the parameters of the CNN. Which properties of the task are built into the CNN and not into the MLP? Say how
# each of them is built in.
#
# *Hint.* Which functions can the one express and the other not? Compare the numbers of parameters (606 against 39,793 with
# hidden layers of 50 and 10), and what would have to happen for the MLP to learn that an edge at the left is the same
# thing as one at the right.
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w7"]
# ### w7. The CNN on permuted pixels, and a larger kernel (3 points)
#
# Permute the pixels of all pictures in the same way (d7) and train the CNN and the MLP again. Why does the CNN become
# worse while the MLP hardly notices? What would a larger kernel change, up to one as large as the picture?
#
# *Hint.* No information is lost: the permutation can be undone. So what is it that the CNN counted on? A 28 x 28 kernel with
# suitable padding sees every pixel at once: what is left of the difference between the two networks?
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w8"]
# ### w8. Max against average pooling (3 points)
#
# Replace the max pooling of `SimpleCNN` by average pooling. What changes, in accuracy and in what the network passes
# on? When would you rather take the one, when the other? Part B has the two gradients: use them.
#
# *Hint.* b5 to b7: where does the gradient of each go? Thin lines on a dark ground are one case, even areas with noise are
# another. The network also ends in a global average: what would a global maximum do?
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w9"]
# ### w9. The optimizer that takes the most memory, and why (3 points)
#
# Of SGD, SGD with momentum and Adam: which takes the most memory in a training step, by how much, and what is kept
# there? For which of your models and batch sizes does the choice hardly matter?
#
# *Hint.* e3 says how much each of them keeps, e4 how large the whole step is. When is that memory taken: at the first step, or
# only later? Which part of the peak grows with the batch, and which does not?
#
# **Your answer:**
#
# *Your answer here.*

# %% [markdown] tags=["answer-w10"]
# ### w10. The fastest batch size, and why (3 points)
#
# Train for one epoch with several batch sizes and measure the time. Which is the fastest, and why is it not simply the
# smallest or the largest? What has to change besides the batch size, so that training comes to the same result?
#
# *Hint.* Measure images in a second, leave the first steps out, and on a GPU wait for it (`torch.cuda.synchronize`) before you
# read the clock. On the CPU is fine, too: say on what you measured. e5, e6 and e7 are about the largest batch that fits,
# about larger ones, and about the learning rate.
#
# **Your answer:**
#
# *Your answer here.*
