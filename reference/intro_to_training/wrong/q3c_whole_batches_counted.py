"""Computes the number of batches by a division that rounds down."""

import time


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    history = {"train_steps": [], "train_losses": [], "test_steps": [], "test_losses": [], "test_accuracy": []}
    seconds = []
    steps = 0
    start = time.perf_counter()
    for _ in range(epochs):
        epoch_start = time.perf_counter()
        losses = train_epoch(model, train_loader, optimizer, criterion, device, log_every)  # noqa: F821 - of the reference above
        history["train_steps"] += [steps + index * log_every + 1 for index in range(len(losses))]
        history["train_losses"] += losses
        steps += len(train_loader.dataset) // train_loader.batch_size
        loss, accuracy = evaluate(model, test_loader, criterion, device)  # noqa: F821 - of the reference above
        history["test_steps"].append(steps)
        history["test_losses"].append(loss)
        history["test_accuracy"].append(accuracy)
        seconds.append(time.perf_counter() - epoch_start)
    return {**history, "epoch_seconds": seconds, "total_seconds": time.perf_counter() - start}
