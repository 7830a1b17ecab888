def check_everything_is_right(solution):
    """Nothing is asked."""
