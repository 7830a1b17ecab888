"""The command line of the grader with the assignment of the benchmarks: `python benchmarks/five_questions/grade.py --help`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from grader.cli.main import main

if __name__ == "__main__":
    main(HERE)
