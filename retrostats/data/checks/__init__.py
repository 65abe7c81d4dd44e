"""The rules that a cohort file must keep: one rule, one function."""
