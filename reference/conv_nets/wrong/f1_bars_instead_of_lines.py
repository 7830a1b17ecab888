"""Draws bars."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.bar(counts, cnn_accuracy, label="CNN")
    axes.bar(counts, mlp_accuracy, label="MLP")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    axes.legend()
    return figure
