"""Makes the step at the beginning of the next batch, and none after the last one."""


def train_epoch(model, loader, optimizer, criterion, device="cpu", log_every=100):
    model.to(device)
    model.train()
    losses = []
    for index, (pictures, labels) in enumerate(loader):
        pictures, labels = pictures.to(device), labels.to(device)
        if index > 0:
            optimizer.step()
        optimizer.zero_grad()
        loss = criterion(model(pictures), labels)
        loss.backward()
        if index % log_every == 0:
            losses.append(loss.item())
    return losses
