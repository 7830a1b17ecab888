"""Writes the averages into the picture that was passed, while it is still being read."""


def averaging_filter(image, size=3):
    height, width = image.shape
    before = (size - 1) // 2

    def seen(position, length):
        position %= 2 * length
        return min(position, 2 * length - 1 - position)

    for p in range(height):
        for q in range(width):
            rows = [seen(p - before + step, height) for step in range(size)]
            columns = [seen(q - before + step, width) for step in range(size)]
            image[p, q] = image[rows][:, columns].mean()
    return image
