"""How well the slots of sentences are read that no one was trained on: whole spans, slot by slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from tamis.screen.instruction import Description
from tamis.screen.matching import plain
from tamis.screen.said import ordinal_of, place_of, role_of
from training.screen.composing import Sentence

_NAMES = ("name", "value", "looks", "function")
Reader = Callable[[str], Description]


def slots_right(sentences: Sequence[Sentence], reader: Reader) -> Counter[tuple[str, str, bool]]:
    """(kind, slot, right) counted over all slots that sentences have, and "all" for all slots of one."""
    result: Counter[tuple[str, str, bool]] = Counter()
    for sentence in sentences:
        results = _right(sentence, reader(sentence.text))
        for slot, right in {**results, "all": all(results.values())}.items():
            result[sentence.kind, slot, right] += 1
    return result


def _right(sentence: Sentence, wish: Description) -> dict[str, bool]:
    said = {slot.partition(" ")[0]: (slot, sentence.text[low:high]) for slot, low, high in sentence.spans}
    name = next((said[slot][1] for slot in _NAMES if slot in said), "")
    result = {"name": plain(wish.name) == plain(name) if name else not wish.name or len(said) < 2}
    slot, anchor = said.get("anchor", ("anchor ", ""))
    result["anchor"] = plain(wish.anchor) == plain(anchor)
    result["relation"] = wish.relation == slot.removeprefix("anchor ")
    if "role" in said:
        result["role"] = wish.role == role_of(said["role"][1])
    ordinal = ordinal_of(said["which"][1], said.get("from", ("", ""))[1]) if "which" in said else None
    result["ordinal"] = wish.ordinal == ordinal
    place = next((said[one][1] for one in ("place", "area") if one in said), "")
    result["place"] = wish.place == place_of(place)
    return result


def report(counts: Counter[tuple[str, str, bool]]) -> str:
    """A table of shares, a line for each kind."""
    slots = ("name", "role", "anchor", "relation", "ordinal", "place", "all")
    lines = [f"| kind | n | {' | '.join(slots)} |", "|---|--:|" + "--:|" * len(slots)]
    for kind in [*sorted({kind for kind, *_ in counts}), ""]:
        cells = []
        for slot in slots:
            good, bad = (sum(n for (k, s, r), n in counts.items() if kind in ("", k) and s == slot and r == right)
                         for right in (True, False))  # fmt: skip
            cells.append(f"{100 * good / (good + bad):.1f}" if good + bad else "")
        lines.append(f"| {kind or 'all'} | {good + bad} | {' | '.join(cells)} |")
    return "\n".join(lines)
