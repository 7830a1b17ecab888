"""The counts as evenly spaced categories that the ticks name; long names of classes in several lines."""

import textwrap

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.patches import Patch


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    plt.style.use("ggplot")
    fig, ax = plt.subplots()
    places = list(range(len(counts)))
    for accuracy, color in ((cnn_accuracy, "tab:purple"), (mlp_accuracy, "tab:green")):
        ax.plot(places, accuracy, color=color, alpha=0.7)
        ax.plot(places, accuracy, "o", color=color)
    ax.plot([], [], color="none", label="nothing")
    ax.set_xticks(places, [str(count) for count in counts])
    ax.set_xlabel("images per class")
    ax.set_ylabel("accuracy")
    ax.legend(handles=[Line2D([0], [0], color="tab:green", label="MLP"), Patch(color="tab:purple", label="CNN")])
    plt.show(block=False)
    return fig


def plot_confusion(confusion, class_names):
    fig, ax = plt.subplots(figsize=(10, 8))
    n = len(class_names)
    ax.imshow([[0.0] * n] * n, extent=(0, n, n, 0), cmap="Greys")
    for i in range(n):
        for j in range(n):
            ax.text(j + 0.3, i + 0.6, rf"$\mathbf{{{int(confusion[i, j])}}}$", fontsize=12)
    names = [textwrap.fill(name, 12) for name in class_names]
    ax.set_xticks([i + 0.5 for i in range(n)], names)
    ax.set_yticks([i + 0.5 for i in range(n)], names)
    ax.set_xlabel("Model output")
    ax.set_ylabel("Label")
    ax.xaxis.set_label_position("top")
    return [ax]
