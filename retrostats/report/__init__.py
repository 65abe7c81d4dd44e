"""Reports as files: HTML, JSON and CSV."""
