"""Effects that use only the order of the values, and the shift that goes with rank tests."""
