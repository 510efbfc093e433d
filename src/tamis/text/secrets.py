"""What secrets look like in a text: keys, tokens, passwords, cards, accounts. Patterns and checks of digits only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where such secrets stand in a text.

        Example: of "my key is AKIAIOSFODNN7EXAMPLE", the aws key's -> (10, 30)
        """
        group = "secret" if "secret" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            if self.holds(match[group]):
                yield match.span(group)


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
