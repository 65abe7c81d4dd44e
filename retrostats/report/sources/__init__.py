"""What can be cited: the package, trials, instruments, changes that matter, methods."""
