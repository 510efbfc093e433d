"""How often grounders click right on pictures and instructions of one's own, beside floors that need no model."""
