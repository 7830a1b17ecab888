"""Grades PyTorch assignments: student code runs in a sandbox, the verdict is made outside."""

__version__ = "0.1.0"
