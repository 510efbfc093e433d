"""Distil a keep-or-drop classifier from a teacher (LLMLingua-2, arXiv 2403.12968), from texts to a model folder.

    chunk -> ask -> label -> train -> calibrate -> export

A work folder holds what each step made: `chunks.jsonl`, `answers.jsonl` (the journal of paid answers), `labels.jsonl`,
`train/`, and at last `model/`. Every step can be repeated, and repeats nothing that was paid for. `steps` runs them;
`tamis.edge.cli.distill` is the command line. Asking needs the extra `remote`, training the extra `train`.
"""
