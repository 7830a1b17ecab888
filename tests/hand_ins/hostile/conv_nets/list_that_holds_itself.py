# expect: fail or error or crash
# attack: The answer is a list that holds itself.
def conv2d(x, w):
    answer = [1, 2, 3]
    answer.append(answer)
    return answer
