def receptive_field(layers):
    field = 1
    for kernel, _, *rest in layers:
        field += (kernel - 1) * (rest[0] if rest else 1)
    return field
