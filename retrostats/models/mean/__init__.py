"""The formula of the mean: terms, coding, rows of the design, aliased columns."""
