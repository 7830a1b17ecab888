"""Adds a third line: the mean of the two networks."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.plot(counts, cnn_accuracy, marker="o", label="CNN")
    axes.plot(counts, mlp_accuracy, marker="s", label="MLP")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    means = [(c + m) / 2 for c, m in zip(cnn_accuracy, mlp_accuracy, strict=True)]
    axes.plot(counts, means, label="mean")
    axes.legend()
    return figure
