"""Recomputing what a paper prints, as intervals over the rounding of its figures."""
