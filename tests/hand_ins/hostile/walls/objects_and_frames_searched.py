# attack: Looks through all objects, frames and modules of its own process for something of the judge.
# hurts: Finds references, checks, expected values or seeds that came along with the fork.
# never: judge's module
# ends: returns
import gc
import sys

OURS = ("checks", "pipeline", "scoring", "sandbox", "report", "specs", "intake", "cli")
APART = ("hypothesis", "pytest", "assignments", *(f"grader.{name}" for name in OURS))


def attack(target):
    start = target["token_starts"]
    found = [repr(one)[:400] for one in gc.get_objects() if isinstance(one, (dict, list, tuple)) and holds(one, start)]
    frame, names = sys._getframe(), []
    while frame:
        names.append(frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else frame.f_code.co_name)
        found += [repr(value)[:400] for value in list(frame.f_locals.values()) if isinstance(value, str) and start in value]
        frame = frame.f_back
    modules = [f"judge's module {name}" for name in sys.modules if name.startswith(APART)]
    return [*found, *names, *modules]


def holds(container, start):
    values = container.values() if isinstance(container, dict) else container
    return any(isinstance(value, str) and len(value) > len(start) and value.startswith(start) for value in list(values))
