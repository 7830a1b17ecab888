"""Lets colours speak and writes no count."""

import matplotlib.pyplot as plt


def plot_confusion(confusion, class_names):
    figure, axes = plt.subplots()
    figure.colorbar(axes.imshow(confusion))
    axes.set_xticks(range(len(class_names)), labels=class_names)
    axes.set_yticks(range(len(class_names)), labels=class_names)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    return figure
