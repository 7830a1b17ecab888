"""How Hypothesis runs checks: the same for every student, here and on the server."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = 25  # of each property
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
small_examples = settings(SETTINGS, max_examples=8)  # for laws that do not depend on the values: "leaves its arguments alone"


def is_ours(chosen: settings) -> bool:
    """Return whether a check's settings are those of above, but for the number of examples and for phases that it leaves out."""
    same = all(getattr(chosen, name) == getattr(SETTINGS, name) for name in ("derandomize", "deadline", "database"))
    return same and set(chosen.phases) <= set(SETTINGS.phases)
