"""Gives shapes as lists, where tuples are asked for."""


def describe_batch(loader):
    samples, labels = next(iter(loader))
    return {
        "sample_shape": list(samples.shape),
        "sample_dtype": samples.dtype,
        "label_shape": list(labels.shape),
        "label_dtype": labels.dtype,
    }
