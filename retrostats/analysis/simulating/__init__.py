"""Simulated trials analysed by the very plan of the trial."""
