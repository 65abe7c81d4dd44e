"""Estimators of the variance between trials."""
