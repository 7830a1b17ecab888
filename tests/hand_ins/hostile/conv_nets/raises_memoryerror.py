# expect: memory
# attack: The function raises MemoryError without using any memory.
def conv2d(x, w):
    raise MemoryError
