"""Screens: what is on a screenshot, where an instruction points, and how agents say what they do there."""

from tamis.screen.actions import Action
from tamis.screen.codecs import CODECS, decode, encode

__all__ = ["CODECS", "Action", "decode", "encode"]
