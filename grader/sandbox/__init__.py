"""Starts the runner behind walls, asks it, and kills it. Knows nothing of checks and scores."""
