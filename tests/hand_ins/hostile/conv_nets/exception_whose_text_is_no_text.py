# expect: error
# attack: The text of the exception is a str whose slices and length lie.
class Text(str):
    def __getitem__(self, index):
        return self

    def __len__(self):
        return 3

    def __str__(self):
        return self


class Odd(Exception):
    def __str__(self):
        return Text("x" * 5_000_000)


def conv2d(x, w):
    raise Odd
