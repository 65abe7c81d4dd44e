"""Intervals of the variance between trials, and of what is made from it."""
