"""Writes the label of each axis at the other one."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.plot(counts, cnn_accuracy, marker="o", label="CNN")
    axes.plot(counts, mlp_accuracy, marker="s", label="MLP")
    axes.set_xlabel("validation accuracy")
    axes.set_ylabel("training images per class")
    axes.legend()
    return figure
