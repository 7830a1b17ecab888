"""Makes the step before the gradients are there."""


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    for index, (pictures, labels) in enumerate(loader):
        pictures, labels = pictures.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(model(pictures), labels)
        optimizer.step()
        loss.backward()
        if index % log_every == 0:
            losses.append(loss.item())
    return losses
