"""Writes the count of row i and column j at x = i, y = j."""

import matplotlib.pyplot as plt


def plot_confusion(confusion, class_names):
    figure, axes = plt.subplots()
    axes.imshow(confusion)
    for row in range(len(class_names)):
        for column in range(len(class_names)):
            axes.text(row, column, f"{int(confusion[row, column])}", ha="center", va="center")
    axes.set_xticks(range(len(class_names)), labels=class_names)
    axes.set_yticks(range(len(class_names)), labels=class_names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    return figure
