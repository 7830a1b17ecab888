"""Measures the accuracy in a second pass, with what was learned in the first."""

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
        optimizer.step()
        total_loss += loss.item() * len(labels)
        count += len(labels)
    model.eval()
    with torch.no_grad():
        for inputs, labels in loader:
            correct += int((model(inputs.to(device)).argmax(1) == labels.to(device)).sum())
    return total_loss / count, correct / count
