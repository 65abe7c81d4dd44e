"""A document as a web page, as a PDF and as a Word file."""
