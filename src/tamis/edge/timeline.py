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


def page(memory: Memory, session: str | None = None, question: str | None = None, found: Recall | None = None) -> str:
    """The page as HTML; it loads nothing.

    session -- only this one
    question, found -- what was asked, and what was recalled: it is marked

    Raises:
        InvalidInput: there is no such session.
        UnknownScope: nothing was ever stored in the memory's scope.
    """
    sessions = [one for one in memory.sessions() if session is None or one.name == session]
    if session is not None and not sessions:
        raise InvalidInput(f"There is no session {session!r}.", hint="`tamis memory ls` lists them.")
    view = _view(memory, sessions, found)
    fields = {
        "heading": Markup(f"{escape(memory.scope)} <small>what is remembered</small>"),
        "figures": _figures(sessions, view),
        "question": _question(question, found),
        "recalled": Markup('<i style="background:var(--warm)"></i>recalled' if found else ""),
        "strip": Markup("\n".join(_strip(place, one, view) for place, one in enumerate(sessions))),
        "sessions": Markup("\n".join(_session(place, one, view) for place, one in enumerate(sessions))),
    }
    return frame.page("tamis.edge:timeline", title=f"{memory.scope} - a memory", fields=fields)


def _view(memory: Memory, sessions: Sequence[SessionOverview], found: Recall | None) -> _View:
    segments = {one.name: memory.segments(one.name) for one in sessions}
    ids = [ident for some in segments.values() for segment in some for ident in segment.turns]
    why = {ident: p.why for p in (found.passages if found else ()) for ident in p.turn_ids[:1] if p.why}
    hits = frozenset(found.turn_ids if found else ())
    return _View({turn.id: turn for turn in memory.turns(ids)}, segments, hits, why)


def _figures(sessions: Sequence[SessionOverview], view: _View) -> str:
    days = [time for one in sessions for time in (one.start, one.end) if time is not None]
    figures = {
        "turns": f"{len(view.turns):,}",
        "segments": f"{sum(map(len, view.segments.values())):,}",
        "sessions": f"{len(sessions):,}",
    }
    if days:
        figures["from, to"] = f"{min(days):%Y-%m-%d} \u2013 {max(days):%Y-%m-%d}"
    return Markup("".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures.items()))


def _question(question: str | None, found: Recall | None) -> Markup:
    if question is None or found is None:
        return Markup("")
    count = len(found.turn_ids)
    extent = f"{count} turn{'s' * (count != 1)} in {len(found.passages)} passages, {found.tokens:,} tokens"
    template = '<div class="question"><b>{{question}}</b><p>{{extent}}, relevance {{relevance}}</p></div>'
    return fill(template, {"question": question, "extent": extent, "relevance": f"{found.relevance:.2f}"})


def _strip(place: int, session: SessionOverview, view: _View) -> str:
    day = f"{session.start:%Y-%m-%d} " if session.start else ""
    name = escape(f"{day}{session.name or 'no session'}")
    bars, at = [], 0
    for number, segment in enumerate(view.segments[session.name]):
        for ident in segment.turns:
            tall = min(HEIGHT, 1 + 4 * math.log2(1 + len(view.turns[ident].text) / 20))
            kind = "f" if ident in view.hits else "eo"[number % 2]
            bars.append(
                f'<rect class="{kind}" x="{at}" y="{HEIGHT - tall:.1f}" width="{BAR - GAP}" height="{tall:.1f}"/>'
            )
            at += BAR
    box = f'viewBox="0 0 {max(at, 60 * BAR)} {HEIGHT}" preserveAspectRatio="none"'
    said = f"{session.turns} turns in {session.segments} segments"
    return (
        f'<a href="#s{place}" title="{name}">{name}</a><svg {box} role="img" aria-label="{said}">{"".join(bars)}</svg>'
    )


def _session(place: int, session: SessionOverview, view: _View) -> str:
    who = escape(", ".join(session.speakers))
    head = f'<h2 id="s{place}">{escape(session.name or "no session")}<small>{session.turns} turns, {who}</small></h2>'
    return head + "".join(_segment(segment, view) for segment in view.segments[session.name])


def _segment(segment: Segment, view: _View) -> str:
    turns = [view.turns[ident] for ident in segment.turns]
    hits = sum(turn.id in view.hits for turn in turns)
    first = " ".join(max(turns[:3], key=lambda turn: min(len(turn.text), TITLE)).text.split())
    title = escape(first[:TITLE] + ("\u2026" if len(first) > TITLE else ""))
    said = f"{len(turns)} turn{'s' * (len(turns) != 1)}" + (f", {hits} recalled" if hits else "")
    state = ' class="hit" open' if hits else ""
    shown = "".join(_turn(turn, view) for turn in turns)
    return f"<details{state}><summary>{title}<small>{said}</small></summary>{shown}</details>"


def _turn(turn: Turn, view: _View) -> str:
    when = f'<time datetime="{turn.time.isoformat()}">{turn.time:%Y-%m-%d %H:%M}</time>' if turn.time else ""
    why = f"<em>{escape(view.why[turn.id])}</em>" if turn.id in view.why else ""
    hit = " hit" if turn.id in view.hits else ""
    said = f"<p>{escape(turn.text)}{why}</p>"
    return f'<div class="turn{hit}"><b>{escape(turn.speaker or "-")}{when}</b>{said}</div>'
