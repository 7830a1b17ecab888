"""Sets the training mode once, before the first epoch; the tests switch it off."""

import time


def fit(model, train_loader, test_loader, optimizer, criterion, epochs, device="cpu", log_every=100):
    history = {"train_steps": [], "train_losses": [], "test_steps": [], "test_losses": [], "test_accuracy": []}
    seconds, step = [], 0
    start = time.perf_counter()
    model.to(device)
    model.train()
    for _ in range(epochs):
        epoch_start = time.perf_counter()
        for index, (pictures, labels) in enumerate(train_loader):
            optimizer.zero_grad()
            loss = criterion(model(pictures.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
            step += 1
            if index % log_every == 0:
                history["train_steps"].append(step)
                history["train_losses"].append(loss.item())
        loss, accuracy = evaluate(model, test_loader, criterion, device)  # noqa: F821 - of the reference above
        history["test_steps"].append(step)
        history["test_losses"].append(loss)
        history["test_accuracy"].append(accuracy)
        seconds.append(time.perf_counter() - epoch_start)
    return {**history, "epoch_seconds": seconds, "total_seconds": time.perf_counter() - start}
