"""Ordinary least squares: a row per subject, as a repeated-measures model of one visit."""
