"""Linear mixed models: reduction to random effects, boundary, predictions, profiles."""
