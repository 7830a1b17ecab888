def conv2d(x, w):
    height, width = x.shape
    if height != width:
        raise NotImplementedError("only square pictures")
    k = w.shape[0]
    return (x.unfold(0, k, 1).unfold(1, k, 1) * w).sum((2, 3))
