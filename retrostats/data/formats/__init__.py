"""Files as they really come, read as tables of text."""
