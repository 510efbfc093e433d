"""Compression of prompts: texts and documents, with or without a question."""

from tamis.prompt.compressor import compress, compress_many
from tamis.prompt.documents.sections import Prompt, Section
from tamis.prompt.documents.source import Document
from tamis.prompt.methods.table import METHODS
from tamis.prompt.options import Options, Surprisal
from tamis.prompt.result import Compression
from tamis.prompt.selection import Piece, Shown

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
