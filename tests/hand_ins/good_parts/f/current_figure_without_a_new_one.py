"""Draws on whatever figure is the current one, as a cell of a notebook may."""

import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    plt.semilogx(counts, cnn_accuracy, marker="x")
    plt.semilogx(counts, mlp_accuracy, marker="+")
    plt.legend(["cnn (3 filters)", "mlp (10, 10)"], loc="best")
    plt.xlabel("images")
    plt.ylabel("acc.")
    return plt.gcf()


def plot_confusion(confusion, class_names):
    plt.matshow(confusion, fignum=0)
    axes = plt.gca()
    axes.xaxis.set_major_locator(plt.FixedLocator(range(len(class_names))))
    axes.yaxis.set_major_locator(plt.FixedLocator(range(len(class_names))))
    name = FuncFormatter(lambda position, _: class_names[int(position)])
    axes.xaxis.set_major_formatter(name)
    axes.yaxis.set_major_formatter(name)
    for (i, j), count in ((index, int(confusion[index])) for index in [(i, j) for i in range(len(class_names)) for j in range(len(class_names))]):
        plt.annotate(str(count), xy=(j, i), ha="center", va="center", bbox={"boxstyle": "round", "facecolor": "white"})
    plt.xlabel("prediction")
    plt.ylabel("ground truth")
    return plt
