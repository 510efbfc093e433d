"""Contracts and manuals wrapped by hand: the end of a line says nothing, an enumeration is one thing, a key is none."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import tamis

LEASE = """\
   3. Use of the Premises. The tenant may use the rooms of the
      Building and the yard behind it for any lawful business, with or
      without machines, and during the day or at night, provided that it
      meets the following terms:

      (a) The tenant must give the owner, the caretaker and the Town
          Council a key to each of the doors; and

      (b) The tenant must not store petrol, paint, or gas in bottles
          anywhere below the ground floor.

   4. Notices. For the purposes of this lease, "notice" means any kind of
      electronic, written, or spoken message that is sent to the owner or
      its agents, including but not limited to messages on bulletin
      boards, mailing lists, and ticket systems which are run by, or on
      behalf of, the owner for the purpose of managing the Building, but
      excluding messages that are marked in writing as "No Notice".
"""
LICENSE = Path(__file__).parents[3] / "LICENSE"


def flat(text):
    return " ".join(text.split())


@pytest.mark.parametrize("rate", [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
def test_what_is_allowed_stands_with_its_terms(rate):
    text = flat(tamis.compress(LEASE, rate=rate).text)
    assert ("meets the following terms" in text) == ("tenant may use" in text) or "meets following terms" in text
    assert "(b)" not in text or "must not store petrol, paint, or gas in bottles anywhere below" in text
    assert "(a)" not in text or "must give" in text
    assert "means any" not in text or "electronic, written, or spoken message" in text
    assert "run by" not in text or "on behalf of" in text


@pytest.mark.parametrize("rate", [0.2, 0.25, 0.33, 0.5, 0.7])
def test_a_license_keeps_what_governs_with_what_is_governed(rate):
    lines = tamis.compress(LICENSE.read_text(encoding="utf-8"), rate=rate).text.splitlines()
    assert [line for line in lines if line.strip() in {".", ",", ")", ").", ";", ".)", "1.", "(a)", "(b)"}] == []
    text = flat("\n".join(lines))
    for end in ("on behalf of.", "(i)", "(iii).", "by,."):
        assert end not in text.replace("(i) power", "")


@pytest.mark.parametrize("width", [60, 72, 90])
def test_an_end_of_a_line_ends_nothing(width):
    """A paragraph wrapped elsewhere loses the same clauses."""
    text = flat(LEASE[LEASE.index("For the purposes") :]) + " The owner answers each of them within a month."
    wrapped = textwrap.fill(text, width)
    for rate in (0.5, 0.9):
        short = tamis.compress(wrapped, rate=rate)
        assert short.style == "clauses"
        assert "means any" not in short.text or "electronic, written, or spoken message" in flat(short.text)
        assert "run by" not in short.text or "on behalf of" in flat(short.text)


def test_where_no_clause_fits_words_go_and_that_is_said():
    text = flat(LEASE[LEASE.index("For the purposes") :])
    assert any("word" in warning for warning in tamis.compress(text, rate=0.5).warnings)
