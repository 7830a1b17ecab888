"""Draws into the figure that is open."""

import matplotlib.pyplot as plt


def plot_losses(history):
    plt.plot(history["train_steps"], history["train_losses"], label="train")
    plt.plot(history["test_steps"], history["test_losses"], "o-", label="test")
    plt.yscale("log")
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.legend()
    return plt.gcf()
