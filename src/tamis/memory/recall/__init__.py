"""What of a memory answers a question, within a budget."""
