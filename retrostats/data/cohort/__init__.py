"""Checked trial data in long form."""
