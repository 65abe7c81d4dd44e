"""Effect sizes with exact intervals, from raw values or from what a paper prints."""
