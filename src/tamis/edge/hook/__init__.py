"""The hook for coding agents: the results of their tools, shortened before a model reads them.

`client` is what an agent starts after each call: it hands the event to `server`, which holds the models warm, and what
that answers back. `agents` is one table of the agents and their conventions. Whatever fails, the result stays as it is.
"""
