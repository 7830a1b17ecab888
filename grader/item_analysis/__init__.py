"""What a class's results say about the questions, the checks and the wrong answers. Pure: results in, analysis out."""

from grader.item_analysis.analysing import ClassAnalysis, analyse

__all__ = ["ClassAnalysis", "analyse"]
