"""Subgroups of trials, and the test between them."""
