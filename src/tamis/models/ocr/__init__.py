"""Text on pictures: where its lines are and what they say, by the PP-OCRv6 models that the package `rapidocr` ships.

Only its model files are used (Apache-2.0, 31 MB); what surrounds them is made for screenshots: lines are upright, so
nothing is rotated, they are read in batches of about one width, and what was read once is remembered by its pixels, so
that after a small change of a screen only the changed lines are read again.
"""

from tamis.models.ocr.reading import OcrLine, OcrReader, reader

__all__ = ["OcrLine", "OcrReader", "reader"]
