"""Smooths the training losses as soon as there are many."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, axes = plt.subplots()
    losses = list(history["train_losses"])
    if len(losses) > 20:
        losses = [sum(losses[max(0, i - 9) : i + 1]) / len(losses[max(0, i - 9) : i + 1]) for i in range(len(losses))]
    axes.plot(history["train_steps"], losses, label="training (one batch)")
    axes.plot(history["test_steps"], history["test_losses"], "o-", label="test (all batches)")
    axes.set_yscale("log")
    axes.set_xlabel("steps of the optimizer")
    axes.set_ylabel("cross-entropy loss")
    axes.legend()
    return figure
