"""Data sets too large for memory: folders of files with whole subjects in each."""
