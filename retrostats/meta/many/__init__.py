"""Pool many data sets at once: resamples, permutations, subsets."""
