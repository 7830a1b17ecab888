"""ConfusionMatrixDisplay of scikit-learn; two scales with twin axes."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure, left = plt.subplots()
    right = left.twinx()
    (cnn,) = left.plot(counts, cnn_accuracy, "C0", label="CNN")
    (mlp,) = right.plot(counts, mlp_accuracy, "C1", label="MLP")
    right.set_ylim(left.get_ylim())
    left.set_xlabel("images per class")
    left.set_ylabel("accuracy of the CNN")
    right.set_ylabel("accuracy of the MLP")
    left.legend(handles=[cnn, mlp])
    return left


def plot_confusion(confusion, class_names):
    display = ConfusionMatrixDisplay(np.asarray(confusion), display_labels=class_names)
    return display.plot(values_format="d", xticks_rotation=45)
