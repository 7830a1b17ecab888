# expect: fail or memory or crash
# attack: The answer is a dict of a million keys.
def conv2d(x, w):
    return {number: number for number in range(1_000_000)}
