"""Goes by the names of the parameters, and not every convolution is called conv."""


def freeze_conv_layers(model):
    for name, parameter in model.named_parameters():
        if "conv" in name:
            parameter.requires_grad = False
