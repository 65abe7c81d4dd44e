"""What each trial does to the pooled effect."""
