"""Makes a matrix of 3 x 3 whatever the number of logits."""

import torch


def evaluate(model, criterion, loader, device="cpu"):
    model.eval()
    total_loss, count, confusion = 0.0, 0, None
    with torch.no_grad():
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            logits = model(inputs)
            total_loss += criterion(logits, labels).item() * len(labels)
            count += len(labels)
            if confusion is None:
                confusion = torch.zeros(3, 3, dtype=torch.int64)
            for t, p in zip(labels.tolist(), logits.argmax(1).tolist(), strict=True):
                confusion[t % 3, p % 3] += 1
    return total_loss / count, int(confusion.trace()) / count, confusion
