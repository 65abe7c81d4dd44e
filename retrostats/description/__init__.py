"""What a trial looks like before any model: flow, baseline, outcomes, responders."""
