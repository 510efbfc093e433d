"""What tamis knows of models of the `transformers` library: opening, hooks, what attention looks at, masks, sizes."""
