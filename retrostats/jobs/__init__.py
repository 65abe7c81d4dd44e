"""Work that is repeated many times: the same results on one core, many cores, many machines."""
