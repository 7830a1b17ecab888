"""Takes the output of 1 x 1 for a single number, whose deviation is 0; it is a random number like the others."""


def weight_grad_std(m, sigma_x, sigma_dy):
    if m == 1:
        return 0.0
    return float(m * sigma_x * sigma_dy)
