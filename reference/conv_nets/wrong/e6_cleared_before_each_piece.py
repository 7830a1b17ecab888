"""Clears the gradients before each piece, so that those of the last one are left."""


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    total = 0.0
    for i in range(0, len(inputs), micro_batch):
        model.zero_grad()
        x, y = inputs[i : i + micro_batch], targets[i : i + micro_batch]
        loss = criterion(model(x), y) * (len(x) / len(inputs))
        loss.backward()
        total += loss.item()
    return total
