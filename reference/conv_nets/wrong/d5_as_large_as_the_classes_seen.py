"""Makes the matrix as large as the classes that it has seen."""

import torch


def evaluate(model, criterion, loader, device="cpu"):
    model.eval()
    total_loss, count, truth, guesses = 0.0, 0, [], []
    with torch.no_grad():
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            logits = model(inputs)
            total_loss += criterion(logits, labels).item() * len(labels)
            count += len(labels)
            truth += labels.tolist()
            guesses += logits.argmax(1).tolist()
    classes = max(truth + guesses) + 1
    pairs = torch.tensor(truth) * classes + torch.tensor(guesses)
    confusion = torch.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    return total_loss / count, int(confusion.trace()) / count, confusion
