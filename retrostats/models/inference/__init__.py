"""Standard errors, degrees of freedom and tests of the coefficients."""
