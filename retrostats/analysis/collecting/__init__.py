"""Estimates that the printed figures of trials allow, and the one of each trial that is pooled."""
