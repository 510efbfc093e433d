"""The guard: what a text intends once its wrapping is taken off."""
