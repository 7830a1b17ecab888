"""Adds up standard deviations over the m * m terms; it is the variances that add up."""


def weight_grad_std(m, sigma_x, sigma_dy):
    return float(m**2 * sigma_x * sigma_dy)
