"""Tells shared memory by its address; on the meta device everything lies at 0."""


def model_size_mb(model):
    storages = {p.untyped_storage().data_ptr(): p.nbytes for p in model.parameters()}
    return sum(storages.values()) / 10**6
