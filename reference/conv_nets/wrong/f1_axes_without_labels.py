"""Leaves both axes without a label; the title says it all, one thinks."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.plot(counts, cnn_accuracy, marker="o", label="CNN")
    axes.plot(counts, mlp_accuracy, marker="s", label="MLP")
    axes.set_title("validation accuracy over training images per class")
    axes.legend()
    return figure
