"""The next trial: closed forms of power and sample size, and designs to simulate."""
