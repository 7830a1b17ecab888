"""Clears and uses one figure for every call: the last picture is gone."""

import matplotlib.pyplot as plt


def plot_losses(history):
    figure = plt.figure("losses", clear=True)
    axes = figure.add_subplot()
    axes.plot(history["train_steps"], history["train_losses"], label="train")
    axes.plot(history["test_steps"], history["test_losses"], "o-", label="test")
    axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend()
    return figure
