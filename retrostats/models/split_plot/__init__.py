"""Split-plot analysis of variance of complete subjects."""
