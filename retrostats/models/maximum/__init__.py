"""The likelihood, its derivatives, and where it is largest."""
