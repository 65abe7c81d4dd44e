"""The design of a trial to be simulated: what it holds, its file, and how trials are drawn."""
