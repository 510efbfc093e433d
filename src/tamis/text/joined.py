"""The units of several texts as those of one text that they make up in a row. Does not know what the parts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from tamis.core import Bools, Ints
from tamis.text.edits import Edits, Insertion
from tamis.text.units import Company, Units


@dataclass(frozen=True, eq=False)
class JoinedUnits(Units):
    """The units of a text that is made up of pieces.

    Attributes:
        pieces: the units of each, in offsets of its own text.
    """

    pieces: tuple[Units, ...] = ()

    @property
    def firsts(self) -> tuple[int, ...]:
        """(k + 1,) number of the first unit of each piece, and of all units."""
        return tuple(accumulate(map(len, self.pieces), initial=0))

    @property
    def offsets(self) -> tuple[int, ...]:
        """(k + 1,) where each piece begins in the text, and where that ends."""
        return tuple(accumulate((len(piece.text) for piece in self.pieces), initial=0))


def joined(pieces: Sequence[Units]) -> JoinedUnits:
    r"""The units of the texts in a row; what hangs together in one of them still does.

    Example: the units of "a b\n" and of "c" -> "a" "b" "c" of "a b\nc"
    """
    text = "".join(piece.text for piece in pieces)
    bare = JoinedUnits(text, *(np.zeros(0, np.int64),) * 3, pieces=tuple(pieces))
    names = tuple(dict.fromkeys(name for piece in pieces for name in piece.names))
    shifts = list(zip(pieces, bare.offsets, bare.firsts, strict=False))
    return JoinedUnits(
        text,
        _together([piece.starts + offset for piece, offset, _ in shifts]),
        _together([piece.ends + offset for piece, offset, _ in shifts]),
        _together([_renamed(piece, names) for piece in pieces]).astype(np.int8),
        names,
        _parents(pieces, bare.firsts),
        _bonds(pieces, bare.firsts),
        _company(pieces, bare.firsts),
        tuple(pieces),
    )


def _together(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *arrays]).astype(np.int64)


def _renamed(piece: Units, names: tuple[str, ...]) -> Ints:
    table = np.array([names.index(name) for name in piece.names], np.int64)
    return table[piece.kinds.astype(np.int64)] if len(piece) else np.zeros(0, np.int64)


def _parents(pieces: Sequence[Units], firsts: tuple[int, ...]) -> Ints | None:
    rows = max((np.atleast_2d(piece.parents).shape[0] for piece in pieces if piece.parents is not None), default=0)
    if not rows:
        return None
    parents = np.full((rows, firsts[-1]), -1, np.int64)
    for piece, first in zip(pieces, firsts, strict=False):
        if piece.parents is not None:
            own = np.atleast_2d(piece.parents)
            parents[: own.shape[0], first : first + len(piece)] = np.where(own >= 0, own + first, -1)
    return parents


def _bonds(pieces: Sequence[Units], firsts: tuple[int, ...]) -> Ints | None:
    """(n,) each bond by its first unit, so that no two pieces share a number."""
    if all(piece.bonds is None for piece in pieces):
        return None
    bonds = np.arange(firsts[-1])
    for piece, first in zip(pieces, firsts, strict=False):
        if piece.bonds is not None and len(piece):
            _, start, group = np.unique(piece.bonds, return_index=True, return_inverse=True)
            bonds[first : first + len(piece)] = start[group] + first
    return bonds


def _company(pieces: Sequence[Units], firsts: tuple[int, ...]) -> Company | None:
    if all(piece.company is None for piece in pieces):
        return None
    size = firsts[-1]
    core, forced = np.ones(size, np.bool_), np.zeros(size, np.bool_)
    left, right = np.zeros((2, size), np.int64), np.zeros((2, size), np.int64)
    for piece, first in zip(pieces, firsts, strict=False):
        if (own := piece.company) is not None:
            at = slice(first, first + len(piece))
            core[at], forced[at] = own.core, own.forced
            left[:, at], right[:, at] = _shifted(own.left, first), _shifted(own.right, first)
    return Company(core, forced, left, right)


def _shifted(ranges: Ints, first: int) -> Ints:
    """(2, n) ranges of units, further on; those that are empty ask for nothing and stay as they are."""
    return np.asarray(np.where(ranges[1] > ranges[0], ranges + first, 0))


def chained(units: JoinedUnits, edits: Sequence[Edits]) -> Edits:
    """The edits of all pieces as those of the text; what stays of a piece ends with a line end if more follows.

    edits -- of each piece
    """
    starts: list[Ints] = []
    ends: list[Ints] = []
    notes: list[Insertion] = []
    filled = [number for number, one in enumerate(edits) if one.starts.size]
    stay = set(filled)
    for number in filled:
        one, offset, text = edits[number], units.offsets[number], units.pieces[number].text
        if number - 1 not in stay and units.pieces[number - 1].text.endswith("\n\n") and number != filled[0]:
            starts.append(np.array([offset - 1], np.int64))  # (a blank line where all between two pieces went)
            ends.append(np.array([offset], np.int64))
        blank = len(text[: len(text) - len(text.lstrip())].rpartition("\n")[0]) + 1 if number != filled[0] else 0
        if blank and text[blank - 1 : blank] == "\n" and int(one.starts[0]) >= blank:  # (a blank line before it)
            starts.append(np.array([offset], np.int64))
            ends.append(np.array([offset + blank], np.int64))
        limit = len(text) if number == filled[-1] else len(text.rstrip())
        starts.append(one.starts + offset)
        ends.append(one.ends + offset)
        notes += [Insertion(min(note.at, limit) + offset, note.text) for note in one.insertions]
        if number != filled[-1] and (begin := max(int(one.ends[-1]), limit)) < len(text):
            starts.append(np.array([begin + offset], np.int64))
            ends.append(np.array([len(text) + offset], np.int64))
    mask: Bools = np.concatenate([np.zeros(0, np.bool_), *(one.mask for one in edits)])
    return Edits(mask, _together(starts), _together(ends), tuple(notes))
