"""Marginal means, their comparisons, and tests of terms."""
