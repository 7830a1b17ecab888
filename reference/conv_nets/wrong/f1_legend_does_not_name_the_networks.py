"""The legend says what is drawn and not of which network."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, axes = plt.subplots()
    axes.plot(counts, cnn_accuracy, marker="o", label="accuracy 1")
    axes.plot(counts, mlp_accuracy, marker="s", label="accuracy 2")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    axes.legend()
    return figure
