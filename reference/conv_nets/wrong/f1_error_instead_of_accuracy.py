"""Draws the error, 1 - accuracy."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.plot(counts, [1 - a for a in cnn_accuracy], marker="o", label="CNN")
    axes.plot(counts, [1 - a for a in mlp_accuracy], marker="s", label="MLP")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    axes.legend()
    return figure
