"""GUI-Actor's two stages of training, on instructions of one's own: the head first, then everything."""
