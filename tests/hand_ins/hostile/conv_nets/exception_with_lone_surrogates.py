# expect: error
# attack: The text of the exception cannot be encoded as UTF-8.
def conv2d(x, w):
    raise ValueError("\ud800\udfff \uffff \u202egnp.ssap")
