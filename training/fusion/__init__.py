"""The fitted constants of the method `auto`: `salience.WEIGHTS` (no question) and `relevance.FUSION` (a question)."""
