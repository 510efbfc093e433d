"""GUI-Actor: a vision-language model that points with attention instead of numbers (Wu et al. 2025, arXiv 2506.03143).

Published checkpoints, as `microsoft/GUI-Actor-7B-Qwen2.5-VL`, through transformers. Extra `torch`.
"""
