"""Screens: what is on a screenshot, where an instruction points, and how agents say what they do there.

    screen = look("shot.png")
    screen.ground("the Save button").point

Looking needs the extra `screen`; with a tree of elements (`ScreenTree`) only Pillow is needed, for the picture.
"""

from tamis.screen.actions import Action
from tamis.screen.actor import ActorGrounder, PointedText
from tamis.screen.codecs import CODECS, decode, encode
from tamis.screen.elements import Element, ElementSource
from tamis.screen.grounding import Grounder, Grounding, RankedElement
from tamis.screen.looking import Looker
from tamis.screen.pointer import PointerGrounder
from tamis.screen.pointing import Screen, ground, look
from tamis.screen.rules import RuleGrounder
from tamis.screen.tree import ScreenTree
from tamis.screen.verification import PublishedVerifier, Verification, Verifier

__all__ = [
    "CODECS",
    "Action",
    "ActorGrounder",
    "Element",
    "ElementSource",
    "Grounder",
    "Grounding",
    "Looker",
    "PointedText",
    "PointerGrounder",
    "PublishedVerifier",
    "RankedElement",
    "RuleGrounder",
    "Screen",
    "ScreenTree",
    "Verification",
    "Verifier",
    "decode",
    "encode",
    "ground",
    "look",
]
