"""Describes the last batch."""


def describe_batch(loader):
    *_, (samples, labels) = loader
    return {
        "sample_shape": tuple(samples.shape),
        "sample_dtype": samples.dtype,
        "label_shape": tuple(labels.shape),
        "label_dtype": labels.dtype,
    }
