"""Compression of prompts: texts and documents, with or without a question."""

from tamis.prompt.compress import compress, compress_many
from tamis.prompt.methods import METHODS
from tamis.prompt.request import Options
from tamis.prompt.result import Compression, Piece
from tamis.prompt.source import Document

__all__ = ["METHODS", "Compression", "Document", "Options", "Piece", "compress", "compress_many"]
