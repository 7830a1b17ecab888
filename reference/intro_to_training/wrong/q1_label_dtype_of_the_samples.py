"""Gives the dtype of the samples twice."""


def describe_batch(loader):
    samples, labels = next(iter(loader))
    return {
        "sample_shape": tuple(samples.shape),
        "sample_dtype": samples.dtype,
        "label_shape": tuple(labels.shape),
        "label_dtype": samples.dtype,
    }
