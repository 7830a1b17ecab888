"""Leaves out the samples of a piece that is not full."""


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    model.zero_grad()
    total = 0.0
    for i in range(0, len(inputs), micro_batch):
        x, y = inputs[i : i + micro_batch], targets[i : i + micro_batch]
        if len(x) == min(micro_batch, len(inputs)):
            loss = criterion(model(x), y) * (len(x) / len(inputs))
            loss.backward()
            total += loss.item()
    return total
