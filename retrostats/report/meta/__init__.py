"""The report of pooled trials: what they say together, and what cannot be said."""
