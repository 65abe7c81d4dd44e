"""Results as tables of words, ready for any document."""
