"""Makes the x-axis logarithmic."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, axes = plt.subplots()
    axes.plot(history["train_steps"], history["train_losses"], label="training (one batch)")
    axes.plot(history["test_steps"], history["test_losses"], "o-", label="test (all batches)")
    axes.set_xscale("log")
    axes.set_xlabel("steps of the optimizer")
    axes.set_ylabel("cross-entropy loss")
    axes.legend()
    return figure
