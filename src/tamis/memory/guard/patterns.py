"""Tables of what the write guard looks for beside secrets (`tamis.text.secrets`): boilerplate, instructions."""

from __future__ import annotations

import re

BOILERPLATE = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|night)|ok(?:ay)?|k|yes|yeah|yep|no|nope|sure|thanks?"
    r"|thank you|thx|cool|great|nice|fine|alright|bye|goodbye|see you|got it|i see|sounds good|lol|haha+|hm+"
    r"|you'?re welcome|sent from my \w+|best(?: regards)?|kind regards|cheers|so much|there|then|you too|very much"
    r"|a lot)[\s,.!?;:)(~-]*)+",
    re.I,
)

INSTRUCTIONS = (
    re.compile(
        r"\b(?:ignore|disregard|forget|override)\s+(?:all|any|the|your|every(?:thing)?|previous|prior|above|earlier)\b"
        r"[^.!?\n]{0,60}\b(?:instruction|prompt|rule|guideline|direction|context|message|above|before)",
        re.I,
    ),
    re.compile(r"\byou are (?:now|no longer)\b[^.!?\n]{0,80}", re.I),
    re.compile(r"\b(?:new|updated|system)\s+(?:instructions?|prompt|override)\s*:", re.I),
    re.compile(r"<\|?(?:im_start|system|/?instructions?|endoftext)\|?>|\[/?INST\]|<<SYS>>", re.I),
    re.compile(r"\b(?:do not|don'?t|never)\s+(?:tell|inform|mention|reveal)\b[^.!?\n]{0,40}\b(?:the )?user", re.I),
    re.compile(
        r"\b(?:reveal|print|send|leak|exfiltrate|forward)\b[^.!?\n]{0,60}\b"
        r"(?:system prompt|api keys?|passwords?|credentials|secrets)\b",
        re.I,
    ),
)
OUTSIDE = frozenset({"tool", "function", "retrieval", "retriever", "search", "browser", "web", "document", "plugin"})
"""Speakers (in lower case) whose text comes from elsewhere: what it says is data, never an order."""
