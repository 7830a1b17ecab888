"""Makes a Figure without pyplot and forgets to return it."""


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    figure = Figure()  # noqa: F821 - imported above
    axes = figure.subplots()
    axes.plot(counts, cnn_accuracy, marker="o", label="CNN")
    axes.plot(counts, mlp_accuracy, marker="s", label="MLP")
    axes.set_xlabel("training images per class")
    axes.set_ylabel("validation accuracy")
    axes.legend()
