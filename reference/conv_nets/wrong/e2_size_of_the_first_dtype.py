"""Takes the dtype of the first parameter for that of all."""


def model_size_mb(model):
    parameters = list(model.parameters())
    return sum(p.numel() for p in parameters) * parameters[0].element_size() / 10**6 if parameters else 0.0
