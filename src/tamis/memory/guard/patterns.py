"""Tables of what the write guard looks for: secrets, boilerplate, instructions. Patterns and checks of digits only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


def luhn(text: str) -> bool:
    """Whether the digits are those of a payment card (ISO/IEC 7812: 13 to 19 digits, the last a check digit).

    Example: "4111 1111 1111 1111" -> True; the same with a last digit of 2 -> False
    """
    digits = [int(char) for char in text if char.isdigit()]
    twice = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(twice)) % 10 == 0


def iban(text: str) -> bool:
    """Whether it is an International Bank Account Number (ISO 13616: remainder 1 by 97).

    Example: "GB82 WEST 1234 5698 7654 32" -> True
    """
    plain = re.sub(r"\s", "", text).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _any(text: str) -> bool:
    return bool(text)


@dataclass(frozen=True, slots=True)
class Secret:
    """A kind of secret: where it looks like one, and what must hold of the group `secret` (else of all)."""

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = _any


def _secret(name: str, pattern: str, holds: Callable[[str], bool] = _any, flags: int = 0) -> Secret:
    return Secret(name, re.compile(pattern, flags), holds)


_ASSIGNED = r"\s*(?:is|are|was|=|:|:=)\s*[\"'`]?"
SECRETS = (
    _secret(
        "private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*(?:-----END[^\n]*|\Z)"
    ),
    _secret("jwt", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    _secret("api key", r"\bsk-(?:ant-|proj-|or-v1-)?[\w-]{20,}"),
    _secret("aws key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _secret("github token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})"),
    _secret("gitlab token", r"\bglpat-[\w-]{20,}"),
    _secret("google key", r"\bAIza[\w-]{35}(?![\w-])"),
    _secret("slack token", r"\bxox[abeprs]-[\w-]{10,}"),
    _secret("stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _secret("hugging face token", r"\bhf_[A-Za-z]{30,}\b"),
    _secret("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    _secret("pypi token", r"\bpypi-[\w-]{50,}"),
    _secret("card", r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.-]*\d)", luhn),
    _secret("iban", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", iban),
    _secret("password in a URL", r"\b[a-z][\w+.-]{1,20}://[^\s:/@]{1,100}:(?P<secret>[^\s:/@]{1,200})@", flags=re.I),
    _secret(
        "password",
        rf"\b(?:password|passwd|passphrase|passwort|pwd|api[ _-]?key|secret[ _-]?key|access[ _-]?token){_ASSIGNED}"
        r"(?P<secret>[^\s\"'`,;]{6,})",
        # prose says "my password is wrong": what is a password here has a digit or a sign in it
        lambda text: re.search(r"[\d!@#$%^&*_+=~]", text.rstrip(".!?)")) is not None,
        re.I,
    ),
)

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
