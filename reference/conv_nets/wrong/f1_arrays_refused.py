"""Asks `if not counts`, which arrays do not answer."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    if not counts:
        raise ValueError("nothing to draw")
    figure, axes = plt.subplots()
    axes.plot(counts, cnn_accuracy, marker="o", label="CNN")
    axes.plot(counts, mlp_accuracy, marker="s", label="MLP")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    axes.legend()
    return figure
