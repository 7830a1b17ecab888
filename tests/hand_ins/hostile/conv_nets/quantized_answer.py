# expect: fail or error
# attack: The answer is a quantized tensor.
import torch


def correlate(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))


def conv2d(x, w):
    return torch.quantize_per_tensor(correlate(x, w).float(), 0.001, 0, torch.qint32)
