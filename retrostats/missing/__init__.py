"""Estimates when outcomes are missing: imputation, reference-based assumptions, tipping points."""
