"""The only folder that touches weights. Nothing heavy is imported before a model is opened."""

from tamis.models.catalog import ModelInfo, load, models, unload, verify
from tamis.models.encoder import Mini, load_mini
from tamis.models.scores import TokenScores

__all__ = ["Mini", "ModelInfo", "TokenScores", "load", "load_mini", "models", "unload", "verify"]
