"""How the head for topic boundaries was made."""
