"""Many small repeated-measures models fitted at once."""
