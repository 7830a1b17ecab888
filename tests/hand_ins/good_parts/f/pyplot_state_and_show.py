"""All through pyplot's current figure, shown and not returned."""

import matplotlib.pyplot as plt
import numpy as np


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    plt.figure(figsize=(8, 5))
    plt.plot(counts, cnn_accuracy, "b-o", label="CNN")
    plt.plot(counts, mlp_accuracy, "r--s", label="MLP")
    plt.xscale("log")
    plt.title("Data efficiency")
    plt.xlabel("# images per class")
    plt.ylabel("Validation accuracy")
    plt.legend()
    plt.grid(True)
    plt.tight_layout()
    plt.show()


def plot_confusion(confusion, class_names):
    confusion = np.array(confusion)
    plt.figure()
    plt.imshow(confusion, interpolation="nearest", cmap=plt.cm.Blues)
    plt.title("Confusion matrix")
    plt.colorbar()
    ticks = np.arange(len(class_names))
    plt.xticks(ticks, class_names, rotation=45)
    plt.yticks(ticks, class_names)
    threshold = confusion.max() / 2.0
    for i in range(confusion.shape[0]):
        for j in range(confusion.shape[1]):
            color = "white" if confusion[i, j] > threshold else "black"
            plt.text(j, i, format(confusion[i, j], "d"), horizontalalignment="center", color=color)
    plt.ylabel("True label")
    plt.xlabel("Predicted label")
    plt.tight_layout()
    plt.show()
