"""Keeps its books with the optimizer, which lives longer than an epoch."""


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    books = optimizer.__dict__.setdefault("books", {"loss": 0.0, "correct": 0, "count": 0})
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = model(inputs)
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        books["loss"] += loss.item() * len(labels)
        books["correct"] += int((logits.argmax(1) == labels).sum())
        books["count"] += len(labels)
    return books["loss"] / books["count"], books["correct"] / books["count"]
