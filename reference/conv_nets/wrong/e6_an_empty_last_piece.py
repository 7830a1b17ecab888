"""Makes one piece too many where the batch is a multiple of a piece; the mean over nothing is NaN."""


def accumulate_gradients(model, criterion, inputs, targets, micro_batch):
    model.zero_grad()
    total = 0.0
    for i in range(len(inputs) // micro_batch + 1):
        x, y = inputs[i * micro_batch : (i + 1) * micro_batch], targets[i * micro_batch : (i + 1) * micro_batch]
        loss = criterion(model(x), y) * (len(x) / len(inputs))
        loss.backward()
        total += loss.item()
    return total
