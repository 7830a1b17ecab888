"""Data sets in the formats that torchvision reads: which are here, and stand-ins for those that are not."""
