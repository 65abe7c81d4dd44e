"""The analysis plan, written before the data are seen."""
