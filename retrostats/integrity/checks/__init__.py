"""What is asked of each printed number, and of the table as a whole: one module a question."""
