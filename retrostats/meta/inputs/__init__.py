"""The table of trials that a review has, as estimates."""
