"""Adds up the means of the pieces without their shares."""


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    model.zero_grad()
    total = 0.0
    for i in range(0, len(inputs), micro_batch):
        x, y = inputs[i : i + micro_batch], targets[i : i + micro_batch]
        loss = criterion(model(x), y)
        loss.backward()
        total += loss.item()
    return total
