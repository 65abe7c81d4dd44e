"""Pool counts of events without estimates of single trials: Mantel-Haenszel and Peto."""
