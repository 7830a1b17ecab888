"""Messages <-> bytes between the judge and the runner. Imports nothing of ours and never runs what it reads.

A frame is: length of the header (4 bytes, big-endian), the header (JSON in UTF-8), then raw buffers one after the other. The
header is `{"m": node, "b": [sizes of the buffers]}`. A node is null, a bool, an int below 2**53, a finite float or a string
as itself; anything else is a list that starts with a tag (see `_DECODERS`). Every length, dtype, shape and number is checked
on arrival, before anything is allocated for it. There is no pickle here and there must never be one.
"""
