"""Neural networks that say how much is left of a process. Extra `torch`."""
