"""Pool trials: random-effects meta-analysis that behaves with few trials."""
