"""A tiny causal model that looks things up: made in minutes, so that methods can be compared without real weights."""
