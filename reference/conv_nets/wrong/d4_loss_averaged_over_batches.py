"""Averages the batches' losses, so that the samples of a small last batch count more."""


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
        total_loss += loss.item()
        correct += int((logits.argmax(1) == labels).sum())
        count += len(labels)
    return total_loss / len(loader), correct / count
