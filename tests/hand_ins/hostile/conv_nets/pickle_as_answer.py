# expect: fail
# attack: The answer is a pickle that runs a command when it is opened.
import pickle


class Command:
    def __reduce__(self):
        return print, ("the grader has unpickled what a submission sent",)


def conv2d(x, w):
    return pickle.dumps(Command())
