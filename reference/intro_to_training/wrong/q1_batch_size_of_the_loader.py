"""Puts the loader's batch size before a sample's shape, also where the first batch is smaller."""


def describe_batch(loader):
    sample, label = loader.dataset[0]
    return {
        "sample_shape": (loader.batch_size, *sample.shape),
        "sample_dtype": sample.dtype,
        "label_shape": (loader.batch_size, *label.shape),
        "label_dtype": label.dtype,
    }
