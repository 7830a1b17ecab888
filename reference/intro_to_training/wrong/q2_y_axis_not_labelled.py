"""Labels the x-axis alone."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, axes = plt.subplots()
    axes.plot(history["train_steps"], history["train_losses"], label="training (one batch)")
    axes.plot(history["test_steps"], history["test_losses"], "o-", label="test (all batches)")
    axes.set_yscale("log")
    axes.set_xlabel("steps of the optimizer")
    axes.legend()
    return figure
