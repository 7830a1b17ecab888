"""Returns what its author had at hand: the lines; the figure with its Axes."""

import matplotlib.pyplot as plt


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    order = sorted(range(len(counts)), key=lambda i: -counts[i])
    plt.figure()
    lines = plt.plot(
        [counts[i] for i in order], [cnn_accuracy[i] for i in order], ".-",
        [counts[i] for i in order], [mlp_accuracy[i] for i in order], ".:",
    )
    plt.gca().set(xlabel="N", ylabel="A")
    plt.legend(lines, ("the CNN", "the MLP"))
    return lines


def plot_confusion(confusion, class_names):
    fig, (ax, note) = plt.subplots(1, 2, width_ratios=(5, 1))
    note.axis("off")
    note.text(0.0, 0.5, f"{int(confusion.sum())} samples")
    mesh = ax.pcolormesh(confusion, edgecolors="w")
    fig.colorbar(mesh, ax=ax)
    n = len(class_names)
    middles = [i + 0.5 for i in range(n)]
    ax.set_xticks(middles)
    ax.set_xticklabels(class_names, rotation=90)
    ax.set_yticks(middles)
    ax.set_yticklabels(class_names)
    ax.invert_yaxis()
    for i in range(n):
        for j in range(n):
            ax.text(j + 0.5, i + 0.5, "%d" % confusion[i][j])
    ax.set_xlabel("y_pred")
    ax.set_ylabel("y_true")
    return fig, (ax, note)
