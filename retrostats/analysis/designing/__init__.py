"""The parts of a design, each worked out of what a trial prints, with the route told."""
