"""Returns an int and so rounds small spreads to 0."""


def weight_grad_std(m, sigma_x, sigma_dy):
    return int(m * sigma_x * sigma_dy)
