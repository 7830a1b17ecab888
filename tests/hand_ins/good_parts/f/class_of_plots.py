"""A small class that keeps its figures, a decorator, and strings as the x axis."""

import functools

import matplotlib.pyplot as plt
import numpy as np


def in_a_new_figure(draw):
    @functools.wraps(draw)
    def wrapper(*args):
        fig = plt.figure(figsize=(6.4, 4.8), dpi=200)
        draw(fig.gca(), *args)
        return {"figure": fig, "size": fig.get_size_inches()}

    return wrapper


class Plots:
    def __init__(self):
        self.figures = []

    def lines(self, ax, x, **series):
        for name, values in series.items():
            ax.plot([str(value) for value in x], np.asarray(values, dtype=np.float32), label=name.upper(), drawstyle="steps-mid")
        ax.legend()
        ax.set_ylim(0, 1)
        ax.yaxis.set_major_formatter("{x:.0%}")
        self.figures.append(ax.figure)


plots = Plots()


@in_a_new_figure
def plot_validation_accuracy(ax, counts, cnn_accuracy, mlp_accuracy):
    plots.lines(ax, counts, cnn=cnn_accuracy, mlp=mlp_accuracy)
    ax.set(xlabel="counts", ylabel="accuracy", title="CNN against MLP")


@in_a_new_figure
def plot_confusion(ax, confusion, class_names):
    n = len(class_names)
    edges = np.arange(n + 1) * 2.0
    ax.pcolormesh(edges, edges, np.asarray(confusion)[::-1], cmap="viridis")
    for (i, j), value in np.ndenumerate(np.asarray(confusion)[::-1]):
        ax.text(2 * j + 1, 2 * i + 1, value, c="w", ha="center", va="center")
        ax.text(2 * j + 1, 2 * i + 0.4, f"{value / confusion.sum():.0%}", c="w", ha="center", va="center", fontsize=6)
    ax.set_xticks(edges[:-1] + 1, class_names)
    ax.set_yticks(edges[:-1] + 1, reversed(class_names))
    ax.set_xlabel("Classified as")
    ax.set_ylabel("Real class")
