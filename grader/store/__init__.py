"""Keeps what was graded: one SQLite file for each batch. The only SQL of the project is here."""
