"""Opens what a student handed in: a path becomes a Submission of bytes; nothing of it is run, imported or unpacked."""
