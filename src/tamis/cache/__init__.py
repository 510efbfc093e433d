"""Key/value caches that take fewer bytes: policies, ragged and quantised storage, forks. Extra `torch`."""
