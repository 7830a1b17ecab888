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
# - Nothing here needs the network, a GPU or a data set.

# %%
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from matplotlib.figure import Figure

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
