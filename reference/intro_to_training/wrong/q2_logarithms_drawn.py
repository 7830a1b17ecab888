"""Draws the logarithms of the losses on a linear axis."""

import math

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, axes = plt.subplots()
    axes.plot(history["train_steps"], [math.log10(loss) for loss in history["train_losses"]], label="training (one batch)")
    axes.plot(history["test_steps"], [math.log10(loss) for loss in history["test_losses"]], "o-", label="test (all batches)")
    axes.set_xlabel("steps of the optimizer")
    axes.set_ylabel("cross-entropy loss")
    axes.legend()
    return figure
