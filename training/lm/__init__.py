"""How `mini-lm`, the embedded causal language model, is made: tokenizer, shards, training, export, figures."""
