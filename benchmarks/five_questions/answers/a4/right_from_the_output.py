def receptive_field(layers):
    """Walk from the output back to the input."""
    field = 1
    for layer in reversed(list(layers)):
        kernel, stride = layer[0], layer[1]
        dilation = layer[2] if len(layer) == 3 else 1
        field = stride * (field - 1) + dilation * (kernel - 1) + 1
    return field
