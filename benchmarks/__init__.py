"""Comparisons: with peers, with baselines, with the hardware. One folder a capability; each is run as a module."""
