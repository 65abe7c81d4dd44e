"""Power, sample size and detectable difference by closed forms."""
