# expect: fail
# attack: A handler for the end of the process writes a result file with full marks.
import atexit
import json

import torch

RESULT = {
    "schema": "grader/report/v1",
    "score": {"points": 100.0, "out_of": 100.0, "not_run": 0.0, "complete": True},
    "questions": [{"id": "b1", "verdict": "pass", "points": 3.0, "out_of": 3.0}],
}


@atexit.register
def write():
    for name in ("result.json", "results.json", "gradebook.csv"):
        with open(name, "w") as file:
            json.dump(RESULT, file)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


write()
