"""What a submission finds changed where it may start no other process."""

from __future__ import annotations

from typing import Any


def load_data_in_this_process() -> str:
    """Let every DataLoader read its data itself, however many workers it is asked for; return a note for the report."""
    from torch.utils.data import DataLoader

    loader: Any = DataLoader
    iterate = loader._get_iterator

    def iterate_here(self: Any) -> Any:
        asked = self.num_workers, self.timeout
        self.num_workers, self.timeout = 0, 0
        try:
            return iterate(self)
        finally:
            self.num_workers, self.timeout = asked

    loader._get_iterator = iterate_here
    return "no other process can be started in this sandbox: data loaders read their data in the submission's own"
