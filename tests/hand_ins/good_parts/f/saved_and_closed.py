"""Saves the figure for the report, closes it, and returns it all the same, or not."""

import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure = plt.figure("accuracy", clear=True)
    axes = figure.add_subplot(111)
    axes.plot(counts, cnn_accuracy, label="CNN", color="black")
    axes.plot(counts, mlp_accuracy, label="MLP", color="black", linestyle="dashed")
    best = int(np.argmax(cnn_accuracy))
    axes.scatter([counts[best]], [cnn_accuracy[best]], marker="*", s=200, color="gold")
    axes.set_xlabel("images per class")
    axes.set_ylabel("accuracy")
    axes.legend()
    figure.savefig("accuracy.png", dpi=150)
    plt.close(figure)
    return figure


def plot_confusion(confusion, class_names):
    plt.close("all")
    with plt.rc_context({"font.size": 8, "image.cmap": "magma"}):
        figure, axes = plt.subplots(figsize=(5, 5))
        axes.imshow(np.array(confusion).T, norm=matplotlib.colors.SymLogNorm(1))
        for true in range(len(class_names)):
            for predicted in range(len(class_names)):
                axes.text(true, predicted, int(confusion[true, predicted]), color="grey", va="center", ha="center")
        axes.set_xticks(range(len(class_names)))
        axes.set_yticks(range(len(class_names)))
        axes.set_xticklabels(class_names, rotation="vertical")
        axes.set_yticklabels(class_names)
        axes.set_xlabel("Actual class")
        axes.set_ylabel("Predicted class")
        axes.xaxis.tick_top()
        figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    plt.close("all")
