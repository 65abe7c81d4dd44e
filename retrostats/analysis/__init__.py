"""Puts the work in order: from checked data to a finished result."""
