"""The fitted constants of whole sentences without a question: `centrality.EXTRACT`."""
