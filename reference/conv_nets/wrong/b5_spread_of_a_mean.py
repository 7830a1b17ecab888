"""Answers for the mean over the positions, which shrinks with m; the gradient is a sum."""


def weight_grad_std(m, sigma_x, sigma_dy):
    return float(sigma_x * sigma_dy / m)
