"""Sparse attention beside PyTorch's, on a CPU and on a GPU."""
