"""Combines the two deviations as those of a sum x + dy; the terms are products."""


def weight_grad_std(m, sigma_x, sigma_dy):
    return float(m * (sigma_x**2 + sigma_dy**2) ** 0.5)
