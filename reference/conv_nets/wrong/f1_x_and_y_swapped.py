"""Draws the counts over the accuracies."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.plot(cnn_accuracy, counts, marker="o", label="CNN")
    axes.plot(mlp_accuracy, counts, marker="s", label="MLP")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    axes.legend()
    return figure
