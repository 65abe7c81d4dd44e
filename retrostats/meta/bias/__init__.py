"""Small-study effects: do small trials tell another story than large ones."""
