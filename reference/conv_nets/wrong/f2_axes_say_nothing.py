"""Does not say which axis is which."""

import matplotlib.pyplot as plt


def plot_confusion(confusion, class_names):
    figure, axes = plt.subplots()
    axes.imshow(confusion)
    for row in range(len(class_names)):
        for column in range(len(class_names)):
            axes.text(column, row, f"{int(confusion[row, column])}", ha="center", va="center")
    axes.set_xticks(range(len(class_names)), labels=class_names)
    axes.set_yticks(range(len(class_names)), labels=class_names)
    axes.set_xlabel("class")
    axes.set_ylabel("class")
    return figure
