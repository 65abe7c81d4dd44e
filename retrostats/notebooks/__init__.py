"""Notebooks: found, run, and laid out in a folder to work in."""
