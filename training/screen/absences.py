"""Instructions that point at nothing on a shot, some of them nearly at something: names that resemble what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain, zip_longest
from typing import Any, TypeAlias

from tamis.screen.matching import plain
from training.screen.meanings import glyph_meanings, label_meanings, meanings, pack_of
from training.screen.recall import Target
from training.screen.wordings import Wordings, digest, filled, noisy, pick

Absence: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""(way, text, meta)"""
_LIKE = 0.8  # names that resemble each other more may be a slip of the pen


def absences(targets: Sequence[Target], others: Sequence[Target], words: str, wordings: Wordings) -> Iterator[Absence]:
    """Ways take turns: near names, what things do, other names, icons, anchors that are not there."""
    read = plain(words)
    shot = targets[0].shot
    names = sorted(
        {one.name for one in others if 3 < len(one.name) < 40 and plain(one.name)}, key=lambda n: digest(shot, n)
    )
    ways = (
        _near(shot, names, read, targets, wordings),
        _functions(shot, targets, read, wordings),
        _far(shot, names, read, targets, wordings),
        _icons(shot, targets, read, wordings),
        _anchors(shot, names, read, targets, wordings),
    )
    yield from (one for one in chain.from_iterable(zip_longest(*ways)) if one is not None)


def _absent(name: str, read: str, targets: Sequence[Target]) -> bool:
    parts = set(name.split())
    if name in read or parts <= set(read.split()):
        return False
    return not any(
        SequenceMatcher(None, name, other).ratio() >= _LIKE or other in name
        for one in targets
        if len(other := plain(one.name)) > 2
    )


def _near(shot: str, names: Sequence[str], read: str, targets: Sequence[Target], words: Wordings) -> Iterator[Absence]:
    """Names that share a word with something that is there."""
    there = {part for one in targets if one.control for part in plain(one.name).split() if len(part) > 3}
    for name in names:
        if there & set(plain(name).split()) and _absent(plain(name), read, targets):
            frame = ("press", "role", "name")[digest(shot, name) % 3]
            yield _said("near", shot, frame, words, name=name, role=words.role("button", name))


def _far(shot: str, names: Sequence[str], read: str, targets: Sequence[Target], words: Wordings) -> Iterator[Absence]:
    """Names of which no longer word is there."""
    for name in names:
        parts = [part for part in plain(name).split() if len(part) > 3]
        if not any(part in read for part in parts) and _absent(plain(name), read, targets):
            frame = ("press", "role", "input", "name")[digest(shot, name, "far") % 4]
            role = "textbox" if frame == "input" else "link"
            yield _said("far", shot, frame, words, name=name, role=words.role(role, name))


def _functions(shot: str, targets: Sequence[Target], read: str, words: Wordings) -> Iterator[Absence]:
    """What nothing there does."""
    for name in _meaningless(shot, targets, read):
        if phrases := words.some(meanings()[name].does[words.part]):
            yield _said("function", shot, "function", words, function=pick(phrases, shot), name=name, meaning=name)


def _icons(shot: str, targets: Sequence[Target], read: str, words: Wordings) -> Iterator[Absence]:
    """What nothing there is drawn as."""
    for name in reversed(_meaningless(shot, targets, read)):
        one = meanings()[name]
        if one.glyphs and digest(shot, name) % 2:
            yield _said(
                "icon",
                shot,
                "icon",
                words,
                name=pick((one.glyphs[0], *words.some(one.called[words.part])), shot),
                meaning=name,
            )
        elif looks := words.some(one.looks[words.part]):
            yield _said("looks", shot, "looks", words, looks=pick(looks, shot), name=name, meaning=name)


def _anchors(
    shot: str, names: Sequence[str], read: str, targets: Sequence[Target], words: Wordings
) -> Iterator[Absence]:
    """Something beside a text that is not there."""
    for name in (name for name in names[::-1] if _absent(plain(name), read, targets)):
        role = words.role(("button", "link", "textbox", "icon")[digest(name) % 4], shot)
        relation = pick(words.relations[pick(sorted(words.relations), shot, name)], name)
        yield _said("anchor", shot, "relation", words, name=name, role=role, relation=relation, anchor=name)


def _meaningless(shot: str, targets: Sequence[Target], read: str) -> list[str]:
    """Meanings of which nothing is there, by no word and no icon; none where icons are there that nobody knows."""
    unknown = [
        one for one in targets if one.kind == "icon" and one.role != "image" and not (_means(one) or pack_of(one.icon))
    ]
    if len(unknown) > 2:
        return []
    there = {name for one in targets for name in _means(one)}
    spoken = f" {read} "
    return sorted(
        (
            one.name
            for one in meanings().values()
            if one.name not in there and not any(f" {label} " in spoken for label in (*one.labels, *one.glyphs))
        ),
        key=lambda name: digest(shot, name),
    )


def _means(target: Target) -> frozenset[str]:
    return label_meanings(target.name) | label_meanings(target.label) | glyph_meanings(target.icon)


def _said(way: str, shot: str, frame: str, words: Wordings, **parts: str) -> Absence:
    sentence = words.sentence(frame, shot, parts["name"], way)
    text, _ = filled(sentence, {"role": words.role("button", shot, parts["name"]), **parts})
    text, noise = noisy(text, shot)
    return way, text, {"sentence": sentence, "name": parts["name"], "noise": noise}
