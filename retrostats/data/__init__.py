"""Published trials, their printed numbers, and the files that hold them."""
