"""Makes a single step at the end of the epoch."""


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    optimizer.zero_grad()
    total_loss, correct, count = 0.0, 0, 0
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        logits = model(inputs)
        loss = criterion(logits, labels)
        loss.backward()
        total_loss += loss.item() * len(labels)
        correct += int((logits.argmax(1) == labels).sum())
        count += len(labels)
    optimizer.step()
    return total_loss / count, correct / count
