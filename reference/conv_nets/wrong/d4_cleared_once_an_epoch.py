"""Clears the gradients before the epoch and not before each batch."""


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    optimizer.zero_grad()
    total_loss, correct, count = 0.0, 0, 0
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        logits = model(inputs)
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(labels)
        correct += int((logits.argmax(1) == labels).sum())
        count += len(labels)
    return total_loss / count, correct / count
