"""Compression of prompts: texts and documents, with or without a question."""

from tamis.prompt.compress import compress, compress_many
from tamis.prompt.methods import METHODS
from tamis.prompt.request import Options, Surprisal
from tamis.prompt.result import Compression, Piece, Shown
from tamis.prompt.sections import Prompt, Section
from tamis.prompt.source import Document

__all__ = [
    "METHODS",
    "Compression",
    "Document",
    "Options",
    "Piece",
    "Prompt",
    "Section",
    "Shown",
    "Surprisal",
    "compress",
    "compress_many",
]
