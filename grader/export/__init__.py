"""What other programs read: one pure function for each format."""
