"""The command line of the grader: `python grade.py --help`."""

from pathlib import Path

from grader.cli.main import main

if __name__ == "__main__":
    main(Path(__file__).resolve().parent)
