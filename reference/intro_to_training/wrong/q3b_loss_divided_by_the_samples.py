"""Divides the sum of the batches' losses by the number of samples."""

import torch


def evaluate(model, loader, criterion, device="cpu"):
    model.to(device)
    model.eval()
    loss, batches, correct, samples = 0.0, 0, 0, 0
    with torch.no_grad():
        for pictures, labels in loader:
            pictures, labels = pictures.to(device), labels.to(device)
            logits = model(pictures)
            loss += criterion(logits, labels).item()
            batches += 1
            correct += (logits.argmax(dim=1) == labels).sum().item()
            samples += len(labels)
    return loss / samples, correct / samples
