"""Returns one number, the mean over the epoch."""


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    for pictures, labels in loader:
        pictures, labels = pictures.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(pictures), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)
