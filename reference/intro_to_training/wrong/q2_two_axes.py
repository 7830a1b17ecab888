"""Draws the two losses into two coordinate systems."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(history["train_steps"], history["train_losses"], label="train")
    right.plot(history["test_steps"], history["test_losses"], "o-", label="test")
    for axes in (left, right):
        axes.set_yscale("log")
        axes.set_xlabel("step")
        axes.set_ylabel("loss")
        axes.legend()
    return figure
