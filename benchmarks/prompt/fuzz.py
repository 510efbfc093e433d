"""The invariants over generated cases: the budget, what is pinned, deletion only. Any violation is a defect.

What is checked, in characters and tokens of the result alone, and not by asking the code that made it:

- overshoot: more tokens than the budget allows, or another number of tokens than the result claims
- lost: a pinned span that is not whole in the text, or one that is reported as kept and is not
- not a deletion: the kept pieces are not the text, or with the dropped ones do not tile the source
- cut, glued: half a grapheme cluster; two words joined that the source kept apart
- shortfall: less than 97 % of the budget (in whole tokens, rounded down) used on a text over 200 tokens, although
  another word would have fitted; not where `min_words` wants whole documents gone
- identity, unstable, batch: rate 1 changes the text; a second run differs; `compress_many` differs
- crash, refused: an error that is not tamis's own; "does not fit" with nothing pinned
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import numpy as np
import regex

import tamis
from benchmarks.prompt.cases import Case, case
from tamis.errors import BudgetTooSmall, TamisError
from tamis.prompt.documents.source import source_of
from tamis.text.counting import counter
from tamis.text.render import join, pieces, tidy

FULL = 0.97
LONG = 200  # tokens: shorter texts need not use their budget
CANDIDATES = 400  # dropped words that are tried before a shortfall counts as the grain of the text


@dataclass(frozen=True)
class Verdict:
    """What one case showed: its violations, and the share of the budget used (None where that says nothing)."""

    number: int
    label: str
    violations: tuple[str, ...] = ()
    used: float | None = None
    outcome: str = "compressed"


@dataclass
class Report:
    """What all cases showed."""

    cases: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    violations: list[Verdict] = field(default_factory=list)
    short: list[Verdict] = field(default_factory=list)
    used: list[float] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        self.cases += 1
        self.outcomes[verdict.outcome] += 1
        if verdict.violations:
            self.violations.append(verdict)
        if verdict.used is not None:
            self.used.append(verdict.used)
            if verdict.used < FULL:
                self.short.append(verdict)


def compress(given: Case, source: Any = None, **changed: Any) -> tamis.Compression:
    arguments = {**given.arguments, **changed}
    arguments["options"] = tamis.Options(**arguments["options"])
    return tamis.compress(given.source if source is None else source, **arguments)


def judge(given: Case) -> Verdict:
    """Run one case and check the laws."""
    blank = Verdict(given.number, label(given))
    try:
        result = compress(given)
    except BudgetTooSmall as error:
        pins = bool(given.arguments.get("keep")) or "<keep>" in str(given.source)
        wrong = () if pins and error.needed > error.limit else (f"refused: {error}",)
        return replace(blank, violations=wrong, outcome="pins do not fit")
    except TamisError as error:
        return replace(blank, outcome=f"{type(error).__name__}: {str(error)[:80]}")
    except Exception as error:
        return replace(blank, violations=(f"crash: {type(error).__name__}: {error}",), outcome="crash")
    limit = _limit(result, given.arguments)
    used = _used(result, limit)
    found = [*_deletion(result), *_budget(result, limit), *_pins(result, given), *_reports(result)]
    found += [*_clusters(result), *_glued(result), *_again(result, given)]
    few = limit is not None and used is not None and result.tokens < int(FULL * limit)
    if few and given.arguments["options"].get("min_words", 0) <= 1 and (word := _would_fit(result, limit, given)):
        found.append(f"shortfall: {result.tokens} of {limit} tokens, yet {word!r} would fit")
    return replace(blank, violations=tuple(found), used=used)


def label(given: Case) -> str:
    shown = {k: v for k, v in given.arguments.items() if k != "options"}
    return f"{'+'.join(given.kinds)} {shown} {given.arguments['options']}"


def _limit(result: tamis.Compression, arguments: dict[str, Any]) -> int | None:
    if "tokens" in arguments:
        return int(arguments["tokens"])
    return int(arguments["rate"] * result.original_tokens + 1e-9) if "rate" in arguments else None


def _used(result: tamis.Compression, limit: int | None) -> float | None:
    if not limit or result.original_tokens <= LONG or limit >= result.original_tokens:
        return None
    return result.tokens / limit


def _deletion(result: tamis.Compression) -> Iterator[str]:
    pieces = [(p.start, 1, result.source[p.start : p.end]) for p in result.kept]
    notes = [(note.at, 0, note.text) for note in result.inserted]  # "… 212 lines …", where the form is looked up
    kept = "".join(part for _, _, part in sorted(pieces + notes, key=lambda part: part[:2]))
    if kept != result.text:
        yield f"not a deletion: the kept pieces are {kept[:60]!r}, the text is {result.text[:60]!r}"
    tiles = sorted([*result.kept, *result.dropped], key=lambda p: p.start)
    edges = [0, *(p.end for p in tiles)]
    if [p.start for p in tiles] != edges[:-1] or edges[-1] != len(result.source):
        yield "not a deletion: kept and dropped pieces do not tile the source"
    if result.restore() != result.source:
        yield "not a deletion: restore() is not the source"


def _budget(result: tamis.Compression, limit: int | None) -> Iterator[str]:
    count = counter(result.tokenizer)
    if count(result.text) != result.tokens or count(result.source) != result.original_tokens:
        yield f"overshoot: claims {result.tokens} tokens, has {count(result.text)}"
    if limit is not None and result.tokens > limit and result.text != result.source:
        yield f"overshoot: {result.tokens} tokens, the budget is {limit}"
    if limit is not None and result.tokens > limit and "rate" not in result.budget:
        yield f"overshoot: {result.tokens} tokens untouched, the budget is {limit}"


def _kept_characters(result: tamis.Compression) -> np.ndarray[Any, np.dtype[np.bool_]]:
    delta = np.zeros(len(result.source) + 1, np.int64)
    for piece in result.kept:
        delta[piece.start] += 1
        delta[piece.end] -= 1
    return np.cumsum(delta)[:-1] > 0


def _pins(result: tamis.Compression, given: Case) -> Iterator[str]:
    kept = _kept_characters(result)
    for rule, start, end in _expected_pins(result, given):
        inner = result.source[start:end]
        start, end = start + len(inner) - len(inner.lstrip()), end - (len(inner) - len(inner.rstrip()))  # noqa: PLW2901
        if start < end and not kept[start:end].all():
            yield f"lost: {result.source[start:end][:60]!r} at {start} ({rule})"


def _expected_pins(result: tamis.Compression, given: Case) -> Iterator[tuple[str, int, int]]:
    """Where the caller's pins lie in the source, found again without tamis (but for the tags)."""
    for keep in given.arguments.get("keep", ()):
        if isinstance(keep, tuple):
            yield "offsets", *keep
        else:
            pattern = keep if isinstance(keep, re.Pattern) else re.compile(re.escape(keep))
            yield from ((str(keep), *match.span()) for match in pattern.finditer(result.source))
    same_order = given.arguments["options"].get("order", "original") == "original"
    if same_order or isinstance(given.source, str):
        yield from (("tag", pin.span.start, pin.span.end) for pin in source_of(given.source).pinned)


def _reports(result: tamis.Compression) -> Iterator[str]:
    """`protected` and `sacrificed` tell the truth; blanks apart, runs of which pages show as one."""
    kept = _kept_characters(result) | np.array([letter.isspace() for letter in result.source], np.bool_)
    for found, still in [*((f, True) for f in result.protected), *((f, False) for f in result.sacrificed)]:
        inner = result.source[found.span.start : found.span.end]
        start = found.span.start + len(inner) - len(inner.lstrip())
        end = found.span.end - (len(inner) - len(inner.rstrip()))
        if still and start < end and not kept[start:end].all():
            yield f"lost: reported as kept, {inner[:60]!r} ({found.rule})"
        if not still and found.rule in ("keep", "keep tag"):
            yield f"lost: pinned and reported as dropped, {inner[:60]!r}"


def _joints(result: tamis.Compression) -> Iterator[tuple[int, int]]:
    """Where the text jumps: (end of what is kept, start of what follows it), both in the source."""
    kept = sorted(result.kept, key=lambda p: p.start)
    yield from ((a.end, b.start) for a, b in pairwise(kept) if b.start > a.end)


def _clusters(result: tamis.Compression) -> Iterator[str]:
    if result.source.isascii() and "\r" not in result.source:
        return
    # A blank is no character that could be halved: a mark or joiner behind one stands alone.
    clusters = (m for m in regex.finditer(r"\X", result.source) if m.end() - m.start() > 1)
    inner = [m.span() for m in clusters if not m[0][0].isspace()]
    forbidden = {i for start, end in inner for i in range(start + 1, end)}
    edges = {p.start for p in (*result.kept, *result.dropped)}
    for at in sorted(edges & forbidden)[:1]:
        around = result.source[max(at - 3, 0) : at + 3]
        if not around.isspace():
            yield f"cut: inside a grapheme cluster at {at}: {around!r}"


_LETTER = regex.compile(r"[\w--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々〆]]", regex.V1)


def _glued(result: tamis.Compression) -> Iterator[str]:
    source = result.source
    for end, start in _joints(result):
        apart = any(c.isspace() for c in source[end:start])
        if any(end <= insertion.at <= start for insertion in result.inserted):
            continue  # a page's line end stands in place of its tags
        if apart and _LETTER.match(source[end - 1]) and _LETTER.match(source[start]):
            yield f"glued: {source[max(end - 8, 0) : end]!r} and {source[start : start + 8]!r} at {end}"
            return


def _again(result: tamis.Compression, given: Case) -> Iterator[str]:
    """Identity, determinism and batches, on a share of the cases."""
    rng = random.Random(given.number)
    plain = {k: v for k, v in given.arguments.items() if k not in ("rate", "tokens", "threshold")}
    if rng.random() < 0.2:
        whole = compress(replace(given, arguments=plain), rate=1.0)
        if whole.text != whole.source:
            yield f"identity: rate 1 keeps {len(whole.text)} of {len(whole.source)} characters"
    if rng.random() < 0.1 and compress(given).text != result.text:
        yield "unstable: a second run gives another text"
    if rng.random() < 0.05:
        arguments = {**given.arguments, "options": tamis.Options(**given.arguments["options"])}
        free = {k: v for k, v in arguments.items() if k != "keep"}
        alone = tamis.compress("Two words, or more.", **free).text if "tokens" not in free else None
        batch = tamis.compress_many(["Two words, or more.", given.source], **free)
        if alone is not None and batch[0].text != alone:
            yield "batch: compress_many differs from compress"
        if "keep" not in arguments and batch[1].text != result.text:
            yield "batch: compress_many differs from compress"


def _would_fit(result: tamis.Compression, limit: int | None, given: Case) -> str | None:
    """A dropped word that the budget had room for; None if the shortfall is the grain of the text."""
    s, count = result.selection, counter(result.tokenizer)
    clean = given.arguments["options"].get("clean", True)
    fixed = s.priority == tamis.core.PINNED
    dropped = np.flatnonzero(~s.mask)
    for i in dropped[np.argsort((s.words.ends - s.words.starts)[dropped], kind="stable")][:CANDIDATES].tolist():
        mask = s.chosen.copy()
        mask[i] = True
        text = join(s.words.text, *pieces(s.words, tidy(s.words, mask, fixed) if clean else mask))
        if limit is not None and result.tokens < count(text) <= limit:
            return result.source[int(s.words.starts[i]) : int(s.words.ends[i])]
    return None


def run(numbers: Iterable[int], seed: int, *, methods: dict[str, float] | None = None, jobs: int = 1) -> Report:
    """Judge the cases of these numbers; progress goes to stderr."""
    report, started = Report(), time.perf_counter()
    work = [(number, seed, methods) for number in numbers]
    if jobs > 1:
        with get_context("spawn").Pool(jobs) as pool:
            _collect(pool.imap_unordered(_judge, work, chunksize=20), report, len(work))
    else:
        _collect(map(_judge, work), report, len(work))
    report.seconds = time.perf_counter() - started
    return report


def _judge(work: tuple[int, int, dict[str, float] | None]) -> Verdict:
    return judge(case(*work))


def _collect(verdicts: Iterable[Verdict], report: Report, total: int) -> None:
    for verdict in verdicts:
        report.add(verdict)
        for violation in verdict.violations:
            print(f"\rcase {verdict.number}: {violation}\n  {verdict.label}", file=sys.stderr)
        if report.cases % 100 == 0 and sys.stderr.isatty():
            print(f"\r{report.cases:,} of {total:,} cases", end="", file=sys.stderr)


def shrink(given: Case, judged: Callable[[Case], Verdict] = judge) -> Case:
    """Delete from the source as long as the same kind of violation remains: a reproduction that one can read."""
    kinds = {v.split(":")[0] for v in judged(given).violations}
    text = given.source if isinstance(given.source, str) else "\n\n".join(given.source)
    step = max(len(text) // 2, 1)
    while step:
        at = 0
        while at < len(text):
            less = replace(given, source=text[:at] + text[at + step :])
            if kinds & {v.split(":")[0] for v in judged(less).violations}:
                text = less.source
            else:
                at += step
        step //= 2
    return replace(given, source=text)


def show(report: Report) -> str:
    """The report as text."""
    kinds = Counter(v.split(":")[0] for verdict in report.violations for v in verdict.violations)
    names = (
        "overshoot",
        "lost",
        "not a deletion",
        "cut",
        "glued",
        "shortfall",
        "identity",
        "unstable",
        "batch",
        "crash",
        "refused",
    )
    lines = [f"{report.cases:,} cases in {report.seconds:.0f} s"]
    lines += [f"  {name:<16}{kinds.get(name, 0):>6}" for name in names]
    lines += [f"  {count:>6}  {outcome}" for outcome, count in report.outcomes.most_common()]
    if report.used:
        low, first, tenth, half = np.quantile(report.used, [0, 0.01, 0.1, 0.5])
        lines.append(
            f"budget used, {len(report.used):,} texts over {LONG} tokens: least {low:.1%}, "
            f"1st percentile {first:.1%}, 10th {tenth:.1%}, median {half:.1%}; below {FULL:.0%}: {len(report.short)}"
        )
    lines += [f"  {v.used:.1%}  case {v.number}: {v.label[:150]}" for v in sorted(report.short, key=lambda v: v.number)]
    return "\n".join(lines)


def reproduction(number: int, seed: int, methods: dict[str, float] | None = None) -> str:
    """A case, shrunk if it violates a law, as a call that one can paste."""
    given = case(number, seed, methods)
    verdict = judge(given)
    if verdict.violations:
        given = shrink(given)
        verdict = judge(given)
    arguments = ", ".join(f"{k}={v!r}" for k, v in given.arguments.items() if k != "options")
    options = ", ".join(f"{k}={v!r}" for k, v in given.arguments["options"].items())
    call = f"tamis.compress({given.source!r}, {arguments}, options=tamis.Options({options}))"
    return "\n".join([f"case {number}: {verdict.outcome}", call, *(f"  {v}" for v in verdict.violations)])
