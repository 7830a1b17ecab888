"""Takes the root of m: the sum has m * m terms, not m."""


def weight_grad_std(m, sigma_x, sigma_dy):
    return float(m**0.5 * sigma_x * sigma_dy)
