# expect: fail or error or crash
# attack: The answer is a list in a list, a hundred thousand times.
def conv2d(x, w):
    answer = []
    for _ in range(100_000):
        answer = [answer]
    return answer
