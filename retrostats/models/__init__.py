"""Models of repeated measures: design, covariance, likelihood, inference and results."""
