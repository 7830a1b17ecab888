"""Takes the dilation for the number of pixels left out, so that dilation 1 already has gaps."""


def dilated_conv2d(x, w, dilation=1):
    k, d = w.shape[0], dilation + 1
    h, v = x.shape[0] - d * (k - 1), x.shape[1] - d * (k - 1)
    y = x.new_zeros(h, v)
    for i in range(k):
        for j in range(k):
            y += w[i, j] * x[i * d : i * d + h, j * d : j * d + v]
    return y
