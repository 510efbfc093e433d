"""The method "auto": relevance to a question, salience without one, by the embedded encoder."""
