"""Gives the dtypes as text."""


def describe_batch(loader):
    samples, labels = next(iter(loader))
    return {
        "sample_shape": tuple(samples.shape),
        "sample_dtype": str(samples.dtype),
        "label_shape": tuple(labels.shape),
        "label_dtype": str(labels.dtype),
    }
