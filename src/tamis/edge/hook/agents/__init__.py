"""The agents whose hooks may replace the result of a tool: one file each, one table of them."""
