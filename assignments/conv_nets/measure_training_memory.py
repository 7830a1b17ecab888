"""Writes `training_memory.json` anew for the installed torch: `python -m assignments.conv_nets.measure_training_memory`.

Takes two minutes. To be run when the networks, the way of measuring or the release of torch change; figures of other releases
stay in the file.
"""

from __future__ import annotations

from assignments.conv_nets.oracles_e import POINTS, TABLE, origin_of, training_step
from grader.measure.remembering import table_with
from grader.measure.training_memory import tracked_peak_bytes


def main() -> None:
    """Measure every point."""
    figures = {point.name: tracked_peak_bytes(training_step(point)) for point in POINTS}
    TABLE.write_text(table_with(TABLE, origin_of(POINTS[0]), figures), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
