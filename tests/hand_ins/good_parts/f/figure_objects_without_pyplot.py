"""matplotlib's objects without pyplot; the figure's own legend and labels."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    fig = Figure(figsize=(12, 9), dpi=300)
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.1, 0.1, 0.6, 0.8))
    spread = 0.05
    for name, values in {"MLP": mlp_accuracy, "CNN": cnn_accuracy}.items():
        values = np.asarray(values)
        ax.errorbar(counts, values, yerr=spread, capsize=4, label=f"{name} with its spread")
        ax.fill_between(counts, values - spread, values + spread, alpha=0.2)
    fig.legend(loc="center right")
    fig.supxlabel("images per class")
    fig.supylabel("accuracy")
    return fig


def plot_confusion(confusion, class_names):
    counts = np.asarray(confusion)
    n = len(class_names)
    fig = Figure(layout="constrained")
    ax = fig.subplots()
    for row in range(n):
        for column in range(n):
            shade = 1 - counts[row, column] / counts.max() / 2
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=(shade, shade, 1)))
            share = 100 * counts[row, column] / max(counts[row].sum(), 1)
            ax.text(column, row, f"{counts[row, column]:,}\n({share:.1f}%)", ha="center", va="center", fontsize=6)
    ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5))
    ax.set_xticks(range(n), [f"predicted\n{name}" for name in class_names], rotation=45)
    ax.set_yticks(range(n), [f"true {name}" for name in class_names])
    return fig
