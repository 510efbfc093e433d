"""A memory as a page that stands by itself: its sessions, their segments, and what a question recalls of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tamis.errors import InvalidInput
from tamis.io import page as frame
from tamis.io.page import Markup, escape, fill
from tamis.memory import Memory, Recall, Segment, SessionOverview, Turn

TITLE = 90  # characters of a segment's first turn that stand for it
BAR, GAP, HEIGHT = 8, 1, 20


@dataclass(frozen=True)
class _View:
    turns: Mapping[str, Turn]
    segments: Mapping[str, Sequence[Segment]]
    hits: frozenset[str]
    why: Mapping[str, str]


def page(memory: Memory, session: str | None = None, question: str | None = None, recall: Recall | None = None) -> str:
    """The page as HTML; it loads nothing.

    session -- only this one
    question, recall -- what was asked, and what it recalls: it is marked

    Raises:
        InvalidInput: there is no such session.
        UnknownScope: nothing was ever stored in the memory's scope.
    """
    sessions = [entry for entry in memory.sessions() if session is None or entry.name == session]
    if session is not None and not sessions:
        raise InvalidInput(f"There is no session {session!r}.", hint="`tamis memory ls` lists them.")
    view = _view(memory, sessions, recall)
    fields = {
        "heading": Markup(f"{escape(memory.scope)} <small>what is remembered</small>"),
        "figures": _figures(sessions, view),
        "question": _question(question, recall),
        "recalled": Markup('<i style="background:var(--warm)"></i>recalled' if recall else ""),
        "strip": Markup("\n".join(_strip(number, entry, view) for number, entry in enumerate(sessions))),
        "sessions": Markup("\n".join(_session(number, entry, view) for number, entry in enumerate(sessions))),
    }
    return frame.page("tamis.edge:timeline", title=f"{memory.scope} - a memory", fields=fields)


def _view(memory: Memory, sessions: Sequence[SessionOverview], recall: Recall | None) -> _View:
    segments = {session.name: memory.segments(session.name) for session in sessions}
    ids = [ident for group in segments.values() for segment in group for ident in segment.turns]
    why = {ident: p.why for p in (recall.passages if recall else ()) for ident in p.turn_ids[:1] if p.why}
    hits = frozenset(recall.turn_ids if recall else ())
    return _View({turn.id: turn for turn in memory.turns(ids)}, segments, hits, why)


def _figures(sessions: Sequence[SessionOverview], view: _View) -> str:
    days = [time for session in sessions for time in (session.start, session.end) if time is not None]
    figures = {
        "turns": f"{len(view.turns):,}",
        "segments": f"{sum(map(len, view.segments.values())):,}",
        "sessions": f"{len(sessions):,}",
    }
    if days:
        figures["from, to"] = f"{min(days):%Y-%m-%d} \u2013 {max(days):%Y-%m-%d}"
    return Markup("".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures.items()))


def _question(question: str | None, recall: Recall | None) -> Markup:
    if question is None or recall is None:
        return Markup("")
    count = len(recall.turn_ids)
    extent = f"{count} turn{'s' * (count != 1)} in {len(recall.passages)} passages, {recall.tokens:,} tokens"
    template = '<div class="question"><b>{{question}}</b><p>{{extent}}, relevance {{relevance}}</p></div>'
    return fill(template, {"question": question, "extent": extent, "relevance": f"{recall.relevance:.2f}"})


def _strip(number: int, session: SessionOverview, view: _View) -> str:
    day = f"{session.start:%Y-%m-%d} " if session.start else ""
    name = escape(f"{day}{session.name or 'no session'}")
    bars, left = [], 0
    for index, segment in enumerate(view.segments[session.name]):
        for ident in segment.turns:
            tall = min(HEIGHT, 1 + 4 * math.log2(1 + len(view.turns[ident].text) / 20))
            kind = "f" if ident in view.hits else "eo"[index % 2]
            bars.append(
                f'<rect class="{kind}" x="{left}" y="{HEIGHT - tall:.1f}" width="{BAR - GAP}" height="{tall:.1f}"/>'
            )
            left += BAR
    box = f'viewBox="0 0 {max(left, 60 * BAR)} {HEIGHT}" preserveAspectRatio="none"'
    extent = f"{session.turns} turns in {session.segments} segments"
    link = f'<a href="#s{number}" title="{name}">{name}</a>'
    return f'{link}<svg {box} role="img" aria-label="{extent}">{"".join(bars)}</svg>'


def _session(number: int, session: SessionOverview, view: _View) -> str:
    who = escape(", ".join(session.speakers))
    head = f'<h2 id="s{number}">{escape(session.name or "no session")}<small>{session.turns} turns, {who}</small></h2>'
    return head + "".join(_segment(segment, view) for segment in view.segments[session.name])


def _segment(segment: Segment, view: _View) -> str:
    turns = [view.turns[ident] for ident in segment.turns]
    hits = sum(turn.id in view.hits for turn in turns)
    first = " ".join(max(turns[:3], key=lambda turn: min(len(turn.text), TITLE)).text.split())
    title = escape(first[:TITLE] + ("\u2026" if len(first) > TITLE else ""))
    extent = f"{len(turns)} turn{'s' * (len(turns) != 1)}" + (f", {hits} recalled" if hits else "")
    state = ' class="hit" open' if hits else ""
    rows = "".join(_turn(turn, view) for turn in turns)
    return f"<details{state}><summary>{title}<small>{extent}</small></summary>{rows}</details>"


def _turn(turn: Turn, view: _View) -> str:
    when = f'<time datetime="{turn.time.isoformat()}">{turn.time:%Y-%m-%d %H:%M}</time>' if turn.time else ""
    why = f"<em>{escape(view.why[turn.id])}</em>" if turn.id in view.why else ""
    hit = " hit" if turn.id in view.hits else ""
    body = f"<p>{escape(turn.text)}{why}</p>"
    return f'<div class="turn{hit}"><b>{escape(turn.speaker or "-")}{when}</b>{body}</div>'
