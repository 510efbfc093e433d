"""Icons and their names in one space of vectors: how well "the delete button" fits a small picture.

Pictures go through a small convolutional network (onnxruntime), names through a sentence vector of `mini` and hashed
letters (NumPy); both were trained together on icon packs of many drawing styles (contrastively, as CLIP: Radford et
al., 2021, sec. 2.3). Knows nothing of screens.
"""

from tamis.models.icons.encoder import IconEncoder

__all__ = ["IconEncoder"]
