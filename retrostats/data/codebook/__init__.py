"""The codebook of a cohort file: what each column means."""
