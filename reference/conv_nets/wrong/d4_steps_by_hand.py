"""Subtracts lr times the gradient itself, with the first group's rate: no momentum, no Adam, no groups."""

import torch


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    total_loss, correct, count = 0.0, 0, 0
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = model(inputs)
        loss = criterion(logits, labels)
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter -= optimizer.param_groups[0]["lr"] * parameter.grad
        total_loss += loss.item() * len(labels)
        correct += int((logits.argmax(1) == labels).sum())
        count += len(labels)
    return total_loss / count, correct / count
