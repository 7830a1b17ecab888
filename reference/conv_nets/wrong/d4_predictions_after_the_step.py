"""Runs the model again after each step and counts those predictions."""


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
        correct += int((model(inputs).argmax(1) == labels).sum())
        count += len(labels)
    return total_loss / count, correct / count
