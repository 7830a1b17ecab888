"""Writes the same words beside both lines."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, axes = plt.subplots()
    axes.plot(history["train_steps"], history["train_losses"], label="loss")
    axes.plot(history["test_steps"], history["test_losses"], "o-", label="loss")
    axes.set_yscale("log")
    axes.set_xlabel("steps of the optimizer")
    axes.set_ylabel("cross-entropy loss")
    axes.legend()
    return figure
