"""KV caches beside `kvpress`."""
