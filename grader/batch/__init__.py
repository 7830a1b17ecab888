"""Many submissions: what has to be graded, the loop that grades it, what a regrade changes, and the pages."""
