"""Sets the diagonal to zero, so that the errors stand out, in the caller's matrix."""

import matplotlib.pyplot as plt


def plot_confusion(confusion, class_names):
    figure, axes = plt.subplots()
    for row in range(len(class_names)):
        for column in range(len(class_names)):
            axes.text(column, row, f"{int(confusion[row, column])}", ha="center", va="center")
    axes.set_xticks(range(len(class_names)), labels=class_names)
    axes.set_yticks(range(len(class_names)), labels=class_names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    confusion[range(len(class_names)), range(len(class_names))] = 0
    axes.imshow(confusion)
    return figure
