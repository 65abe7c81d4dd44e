"""Sums of products over subjects, from whole data frames or from parts."""
