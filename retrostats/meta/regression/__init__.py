"""Meta-regression: effects of trials on what is known of the trials."""
