"""Runs work in processes of this machine; knows nothing of grading."""
