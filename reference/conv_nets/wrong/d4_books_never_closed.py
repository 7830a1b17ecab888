"""Adds up in module-level totals, which go on from one epoch to the next."""

_totals = {"loss": 0.0, "correct": 0, "count": 0}


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = model(inputs)
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        _totals["loss"] += loss.item() * len(labels)
        _totals["correct"] += int((logits.argmax(1) == labels).sum())
        _totals["count"] += len(labels)
    return _totals["loss"] / _totals["count"], _totals["correct"] / _totals["count"]
