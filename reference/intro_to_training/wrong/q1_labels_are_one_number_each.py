"""Assumes that a label is one number."""


def describe_batch(loader):
    samples, labels = next(iter(loader))
    return {
        "sample_shape": tuple(samples.shape),
        "sample_dtype": samples.dtype,
        "label_shape": (len(labels),),
        "label_dtype": labels.dtype,
    }
