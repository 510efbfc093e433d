"""The token level of the `llmlingua` package 0.2.2, replayed: the same tokens kept, so that published outputs compare.

This is what the package does, not what its papers say (LLMLingua, arXiv 2310.05736, eq. 5-7; LongLLMLingua, 2310.06839,
eq. 3 and 5). It departs from them in that

- a token is judged by the surprisal of the token behind it: losses are kept under the number of the token that they
  were predicted from;
- the threshold is the quantile of all losses there are, those of kept, present and later segments, not of the segment;
- the last, partial segment is left as it is, and of a text shorter than a segment nearly everything is kept: the
  segment then begins before the text, and its negative number counts from the text's end;
- beyond the window the oldest entries of the cache but the first ten go, and the losses are not moved along.

The default methods of tamis do none of this; see docs/reference.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tamis.compat.ratios import Ratios, check_size
from tamis.core import Bools, Floats, Ints
from tamis.errors import InvalidInput
from tamis.models.causal import CausalLM
from tamis.models.causal.tape import CacheTape, Tape, tape

SINK = 10  # first entries of the cache, besides those of the prefix, that are never evicted
SEPARATOR = "\n\n"


@dataclass(frozen=True)
class ReplayRule:
    """How to decide.

    Attributes:
        size: tokens of a segment.
        prefix: tokens at the beginning that are only a condition: the question.
        contrast: judge by how much less surprising a token is behind the prefix than without it (LongLLMLingua, eq. 3).
    """

    size: int = 200
    prefix: int = 0
    contrast: bool = False


@dataclass(frozen=True, eq=False)
class PackagePrompt:
    """Documents as the package reads them: joined by blank lines, behind a question if there is one.

    Attributes:
        text: what the tokens are cut from, the question included.
        ids: (n,) tokens, none of them special.
        ends: (n,) where in the text each of them ends.
        prefix: how many of them are the question and its blank line.
        lengths: tokens of each document by itself.
    """

    text: str
    ids: Ints
    ends: Ints
    prefix: int
    lengths: tuple[int, ...]

    def rendered(self, mask: Bools) -> str:
        """The text of the tokens behind the prefix that are kept; mask (n - prefix,).

        White space before a token is part of it. A character that several tokens make up goes with the last of them,
        where the package decodes the bytes that are left and shows U+FFFD.
        """
        starts = np.concatenate([[0], self.ends[:-1]])
        numbers = self.prefix + np.flatnonzero(mask)
        return "".join(self.text[starts[i] : self.ends[i]] for i in numbers.tolist())


def prompt_of(model: CausalLM, documents: Sequence[str], *, question: str = "") -> PackagePrompt:
    """Cut documents as the package cuts them.

    Raises:
        InvalidInput: the end of the question and the beginning of the first document make one token together.
    """
    before = question + SEPARATOR if question else ""
    text = before + SEPARATOR.join(documents)
    whole, *parts = model.cut([text, *documents])
    prefix = int(np.count_nonzero(whole.offsets[:, 1] <= len(before))) if before else 0
    if prefix and whole.offsets[prefix - 1, 1] != len(before):
        raise InvalidInput(
            f"The question {question!r:.60} and its first document share a token.", hint="End it with a question mark."
        )
    return PackagePrompt(text, whole.ids, whole.offsets[:, 1], prefix, tuple(map(len, parts)))


def replay(model: CausalLM, ids: Ints, ratios: Ratios, *, rule: ReplayRule | None = None) -> Bools:
    """(n - prefix,) which tokens behind the prefix the package keeps; True = kept.

    ids -- (n,) as `prompt_of` cuts them
    ratios -- as `segment_ratios` shares them out

    On a model of transformers the mask is the package's, token for token. Other models begin a text with a token of
    their own, and slide along a text that outgrows their window.

    Raises:
        InvalidInput: a size below 1, a prefix longer than the text, fewer segments than the text has, or a window too
            short for the prefix and two segments.
    """
    rule = rule or ReplayRule()
    check_size(rule.size)
    ids = np.asarray(ids, np.int64)
    if not 0 <= rule.prefix <= len(ids):
        raise InvalidInput(f"A prefix of {rule.prefix} tokens in a text of {len(ids)}.", hint="Use that of prompt_of.")
    kept = np.sort(_Replay(tape(model), ids, rule).run(ratios))[rule.prefix :]
    mask = np.zeros(len(ids), np.bool_)
    mask[kept] = True
    return mask[rule.prefix :]


class _Reader:
    """One reading of the tokens, with the prefix before them or without: cache, and losses so far.

    Attributes:
        loss: (m,) float32; loss[i] is the surprisal of token i + 1, given the tokens up to i.
        skip: tokens of the prefix that this reading leaves out.
    """

    def __init__(self, model: Tape, skip: int) -> None:
        self.model, self.skip = model, skip
        self.loss: Floats | None = None
        self.state: Any = None
        self.past = 0  # tokens in the state
        self.ready = 0  # where the next losses go

    def read(self, ids: Ints, *, end: int, size: int, first: bool) -> int:
        """Read up to token `end`, or all that fits at first; the state then ends a segment earlier. -> tokens read."""
        own = ids[self.skip :]
        stop = min(len(own), self.model.window) if first else min(end - self.skip, self.past + self.model.window)
        keep = 0 if first else max(end - size - self.skip - self.past, 0)
        if stop - self.past < 2:
            return 0
        surprisals, self.state = self.model.read(self.state, own[self.past : stop], keep=keep)
        self._note(surprisals[1:].astype(np.float32), end - self.skip - 1)
        self.past += keep
        return stop

    def _note(self, surprisals: Floats, last: int) -> None:
        if self.loss is None:
            self.loss = surprisals
            return
        longer = max(last - len(self.loss), 0)
        self.loss = np.concatenate([self.loss, np.zeros(longer, np.float32)])
        if len(self.loss[self.ready : last]) != len(surprisals):
            hint = "Shorten the question, or take smaller segments."
            raise InvalidInput(
                f"A window of {self.model.window} tokens is too short for the prefix and two segments.", hint=hint
            )
        self.loss[self.ready : last] = surprisals

    def evict(self, start: int, count: int) -> None:
        """Take entries out of the cache; the losses stay where they are."""
        if self.state is not None:
            assert isinstance(self.model, CacheTape), "no other tape has a window"
            self.state = self.model.evict(self.state, start=start, count=count)
        self.past = max(min(self.past, start), self.past - count)
        self.ready -= count


class _Replay:
    """The state of one run.

    Attributes:
        at: positions of the tokens still in view; those that left it are in `gone`.
        end: where the segment at hand ends among them.
    """

    def __init__(self, model: Tape, ids: Ints, rule: ReplayRule) -> None:
        self.ids, self.rule, self.window = ids, rule, model.window
        self.at = np.arange(len(ids))
        self.gone: list[Ints] = []
        self.end = min(rule.size + rule.prefix, len(ids))
        self.conditioned = _Reader(model, 0)
        self.alone = _Reader(model, rule.prefix) if rule.contrast else None
        self.readers = [self.conditioned, self.alone] if self.alone else [self.conditioned]

    def run(self, ratios: Ratios) -> Ints:
        """Positions of what is kept."""
        number = 0
        while self.end <= len(self.at):
            if self.end > self.window and self.conditioned.state is not None:
                self._evict(self.end - self.window)
            if not self._read(first=number == 0):
                break
            if number == len(ratios):
                raise InvalidInput(f"{len(ratios)} segments are fewer than the text has.", hint="Use segment_ratios.")
            for length, ratio in ratios[number]:
                self._compress(length, ratio)
            number += 1
        return np.concatenate([*self.gone, self.at])

    def _read(self, *, first: bool) -> bool:
        """Judge the tokens up to the end of the segment; the very first time, all that the window holds."""
        size, prefix = self.rule.size, self.rule.prefix
        for reader in self.readers:
            if not reader.read(self.ids[self.at], end=self.end, size=size, first=first):
                return False
            start = 0 if first and prefix else self.end - size - reader.skip
            reader.ready = start
        return True

    def _evict(self, count: int) -> None:
        start = min(SINK + self.rule.prefix, self.window)
        self.conditioned.evict(start, count)
        if self.alone:
            self.alone.evict(min(start, self.alone.past - count), count)
        self.gone.append(self.at[:count])
        self.at = self.at[count:]
        self.end -= count

    def _compress(self, length: int, ratio: float) -> None:
        """Thin out `length` tokens from the beginning of the segment; `end` moves behind the segment that follows."""
        end = self.end - self.rule.size + length
        keep = self._passing(ratio)
        keep[end:] = True  # a negative number counts from the end of the text here, as it does in the package
        keep[: end - length] = True
        self._thin(keep)
        whole = np.ones(len(self.at), np.bool_)
        whole[: len(keep)] = keep[: len(self.at)]
        self.at = self.at[whole]
        self.end = end - int(np.count_nonzero(~whole[:end])) + self.rule.size

    def _passing(self, ratio: float) -> Bools:
        """(m + 1,) which tokens pass, by the losses under their numbers; the last has none and passes."""
        losses, prefix = self._loss(self.conditioned), self.rule.prefix
        if self.alone is None:
            return np.append(losses > _threshold(losses, ratio), True)
        gain = self._loss(self.alone)[: len(losses) - prefix] - losses[prefix:]
        return np.concatenate([losses[:prefix] > 0, gain > _threshold(gain, ratio), [True]])

    def _thin(self, keep: Bools) -> None:
        """Losses of dropped tokens go with them."""
        losses = self._loss(self.conditioned)
        self.conditioned.loss = losses[keep[:-1]]
        if self.alone is not None:
            alone = self._loss(self.alone)
            longer = max(len(alone) + self.rule.prefix + 1 - len(keep), 0)
            full = np.concatenate([keep, np.ones(longer, np.bool_)])
            self.alone.loss = alone[full[self.rule.prefix : -1]]

    @staticmethod
    def _loss(reader: _Reader) -> Floats:
        assert reader.loss is not None, "read first"
        return reader.loss


def _threshold(losses: Floats, ratio: float) -> float:
    """The loss that a token must exceed: that of rank ratio * m among all."""
    if ratio == 1.0:
        return -np.inf
    place = max(0, min(len(losses) - 1, int(len(losses) * ratio) - 1))
    return float(np.sort(losses)[::-1][place])
