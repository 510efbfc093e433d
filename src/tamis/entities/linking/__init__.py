"""Which entry of a knowledge base of one's own a name means, or that it is none of them."""
