"""What makes a figure a file: its formats, its fonts, and the size of its text."""
