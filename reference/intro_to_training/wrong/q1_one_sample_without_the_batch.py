"""Describes one sample of the data set instead of a batch."""


def describe_batch(loader):
    sample, label = loader.dataset[0]
    return {
        "sample_shape": tuple(sample.shape),
        "sample_dtype": sample.dtype,
        "label_shape": tuple(label.shape),
        "label_dtype": label.dtype,
    }
