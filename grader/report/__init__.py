"""Shows one graded submission: as data (`result_json`), as a page (`page`), on the disk (`writing`)."""
