"""Draws the losses over 0, 1, 2, ... instead of the steps."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, axes = plt.subplots()
    axes.plot(history["train_losses"], label="training (one batch)")
    axes.plot(history["test_losses"], "o-", label="test (all batches)")
    axes.set_yscale("log")
    axes.set_xlabel("steps of the optimizer")
    axes.set_ylabel("cross-entropy loss")
    axes.legend()
    return figure
