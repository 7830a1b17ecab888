"""What the judge measures itself: it believes no figure that comes from a submission's process."""
