"""Makes the figure once, outside of the function, so that every call draws over the last one."""

import matplotlib.pyplot as plt

_figure, _axes = plt.subplots()


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    _axes.plot(counts, cnn_accuracy, marker="o", label="CNN")
    _axes.plot(counts, mlp_accuracy, marker="s", label="MLP")
    _axes.set_xlabel("training images per class")
    _axes.set_ylabel("validation accuracy")
    _axes.legend()
    return _figure
