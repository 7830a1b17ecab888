# expect: missing
# attack: The module answers every name with a function that it makes on demand.
def __getattr__(name):
    return lambda *args, **kwargs: True
