"""Estimates that depend on one another: shared controls, several outcomes, several visits."""
