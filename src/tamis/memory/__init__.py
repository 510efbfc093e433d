"""Conversations that are remembered: topical segments, stores, recall within a token budget."""
