"""Triton kernels for sparse prefill on a GPU: listed blocks and columns, and A-shape. Extra `torch`, a CUDA card."""

from tamis.attention.kernels.launch import Lists, SinkWindow, a_shape, sparse

__all__ = ["Lists", "SinkWindow", "a_shape", "sparse"]
