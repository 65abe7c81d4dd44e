"""The report of the power of a plan."""
