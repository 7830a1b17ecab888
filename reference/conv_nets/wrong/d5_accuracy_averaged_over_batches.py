"""Averages the batches' accuracies, so that a small last batch counts as much as a large one."""

import torch


def evaluate(model, criterion, loader, device="cpu"):
    model.eval()
    total_loss, count, confusion, accuracies = 0.0, 0, None, []
    with torch.no_grad():
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            logits = model(inputs)
            total_loss += criterion(logits, labels).item() * len(labels)
            count += len(labels)
            if confusion is None:
                confusion = torch.zeros(logits.shape[1], logits.shape[1], dtype=torch.int64)
            accuracies.append((logits.argmax(1) == labels).float().mean().item())
            for t, p in zip(labels.tolist(), logits.argmax(1).tolist(), strict=True):
                confusion[t, p] += 1
    return total_loss / count, sum(accuracies) / len(accuracies), confusion
