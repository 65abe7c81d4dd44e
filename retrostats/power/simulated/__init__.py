"""What simulated trials say of a plan: power, bias, coverage, and how well each is known."""
