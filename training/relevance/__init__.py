"""The fitted constants of `tamis.prompt.methods.auto.evidence`: how likely a passage holds an answer."""
