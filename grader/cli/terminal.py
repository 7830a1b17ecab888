"""Where the command line writes: answers to stdout, talk and progress to stderr."""

from __future__ import annotations

from rich.console import Console

out = Console(highlight=False)
talk = Console(stderr=True, highlight=False)
