"""Averages the accuracies of the batches, where the last one is smaller."""

import torch


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device)
    model.eval()
    loss, batches, accuracy = 0.0, 0, 0.0
    with torch.no_grad():
        for pictures, labels in loader:
            pictures, labels = pictures.to(device), labels.to(device)
            logits = model(pictures)
            loss += criterion(logits, labels).item()
            batches += 1
            accuracy += (logits.argmax(dim=1) == labels).float().mean().item()
    return loss / batches, accuracy / batches
