"""Takes every dilation-th pixel and convolves that; the positions in between are lost."""


def dilated_conv2d(x, w, dilation=1):
    k = w.shape[0]
    thin = x[::dilation, ::dilation]
    return (thin.unfold(0, k, 1).unfold(1, k, 1) * w).sum((-1, -2))
