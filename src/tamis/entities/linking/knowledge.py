"""A knowledge base of one's own: concepts with names, in JSON Lines; merged, split, and back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tamis.errors import InvalidInput
from tamis.io.files import read_text, write

_LIMIT = 1024  # megabytes


@dataclass(frozen=True, slots=True)
class Concept:
    """What a name can mean.

    Attributes:
        id: unlike all others.
        name: what it is called first.
        aliases: what else it is called.
        kind: its type, as the recogniser says it; "" = unknown.
        description: some words or sentences about it.
        links: property -> ids of other concepts, or plain values ("capital": ["Q64"], "population": ["83,200,000"]).
        count: how often it is meant, compared with others.
        merged: ids that this concept has swallowed.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    description: str = ""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    count: float = 0.0
    merged: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the first one first, none twice."""
        return tuple(dict.fromkeys((self.name, *self.aliases)))

    @staticmethod
    def of(row: Mapping[str, Any]) -> Concept:
        """A concept from a row of JSON; lists become tuples.

        Raises:
            InvalidInput: a field is missing, unknown or of the wrong kind.
        """
        if not isinstance(row, Mapping):
            raise InvalidInput(f"A concept must be an object with fields, got {row!r}.")
        known = {one.name for one in fields(Concept)}
        if strange := sorted(set(row) - known):
            raise InvalidInput(f"A concept has no field {strange[0]!r}.", hint=f"Fields: {', '.join(sorted(known))}.")
        values: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in row.items()}
        concept = Concept(**values)
        if not isinstance(concept.links, Mapping):
            raise InvalidInput(f"Links must be properties with lists, got {concept.links!r}.")
        concept = replace(concept, links={key: tuple(values) for key, values in concept.links.items()})
        concept.check()
        return concept

    def check(self) -> None:
        """Make sure that it can be linked to.

        Raises:
            InvalidInput: the id or a name is blank or no str.
        """
        for text in (self.id, *self.names, *self.merged):
            if not isinstance(text, str) or not text.strip():
                raise InvalidInput(f"Ids and names must be words, got {text!r} in concept {self.id!r}.")


class KnowledgeBase:
    """Concepts by id. What is changed can be undone, step by step."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        """Take the concepts.

        Raises:
            InvalidInput: two have one id.
        """
        self._concepts: dict[str, Concept] = {}
        self._homes: dict[str, str] = {}  # of ids that a concept has swallowed
        self._past: list[dict[str, Concept | None]] = []
        self.version = 0
        for concept in concepts:
            concept.check()
            for one in (concept.id, *concept.merged):
                if self.resolve(one) is not None:
                    raise InvalidInput(f"The id {one!r} stands for two concepts.")
            self._own(concept)

    def __len__(self) -> int:
        """How many concepts there are."""
        return len(self._concepts)

    def __iter__(self) -> Iterator[Concept]:
        """The concepts, in the order in which they came."""
        return iter(self._concepts.values())

    def __getitem__(self, name: str) -> Concept:
        """The concept with an id, or that has swallowed it.

        Raises:
            InvalidInput: there is none.
        """
        concept = self.resolve(name)
        if concept is None:
            raise InvalidInput(f"There is no concept {name!r}.")
        return concept

    def resolve(self, name: str) -> Concept | None:
        """The concept that an id leads to, or None."""
        return self._concepts.get(self._homes.get(name, name))

    @staticmethod
    def load(path: str | Path) -> KnowledgeBase:
        """Read JSON Lines: a concept a line, with `id` and `name`, and what else it has.

        Raises:
            InvalidInput: a line is no concept, or an id comes twice.
        """
        return KnowledgeBase(_parsed(read_text(str(path), limit=_LIMIT)))

    def save(self, path: str | Path) -> None:
        """Write the concepts, a line each, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        lines = (json.dumps(_plain(concept), ensure_ascii=False) + "\n" for concept in self)
        write(Path(path), "".join(lines).encode())

    def add(self, concept: Concept) -> None:
        """Add a concept.

        Raises:
            InvalidInput: its id is taken.
        """
        concept.check()
        if self.resolve(concept.id) is not None:
            raise InvalidInput(f"The id {concept.id!r} is taken.")
        self._change({concept.id: concept})

    def merge(self, name: str, other: str) -> Concept:
        """Two concepts are one: it has the first one's id and name, all names and links of both, and answers to both.

        Raises:
            InvalidInput: one of them is not there, or both are one already.
        """
        first, second = self[name], self[other]
        if first.id == second.id:
            raise InvalidInput(f"{name!r} and {other!r} are one concept already.")
        links = {
            key: tuple(dict.fromkeys((*first.links.get(key, ()), *second.links.get(key, ()))))
            for key in (*first.links, *second.links)
        }
        whole = replace(
            first,
            aliases=tuple(one for one in dict.fromkeys((*first.aliases, *second.names)) if one != first.name),
            kind=first.kind or second.kind,
            description="\n".join(filter(None, (first.description, second.description))),
            links=links,
            count=first.count + second.count,
            merged=(*first.merged, second.id, *second.merged),
        )
        self._change({first.id: whole, second.id: None})
        return whole

    def split(self, name: str, apart: Concept) -> Concept:
        """One concept was two: `apart` is new, and takes its names away from the old one, which keeps its first name.

        Raises:
            InvalidInput: there is no such concept, or the id of the new one is another's.
        """
        old = self[name]
        if self.resolve(apart.id) not in (None, old) or apart.id == old.id:
            raise InvalidInput(f"The id {apart.id!r} is taken.")
        apart.check()
        rest = tuple(one for one in old.aliases if one not in apart.names)
        merged = tuple(one for one in old.merged if one != apart.id)
        self._change({old.id: replace(old, aliases=rest, merged=merged), apart.id: apart})
        return apart

    def undo(self) -> None:
        """Take back the last `add`, `merge` or `split`.

        Raises:
            InvalidInput: nothing was changed.
        """
        if not self._past:
            raise InvalidInput("There is nothing to undo.")
        self._put(self._past.pop())

    def _change(self, concepts: Mapping[str, Concept | None]) -> None:
        self._past.append({key: self._concepts.get(key) for key in concepts})
        self._put(concepts)

    def _put(self, concepts: Mapping[str, Concept | None]) -> None:
        self.version += 1
        for key, concept in concepts.items():
            for one in self._concepts[key].merged if key in self._concepts else ():
                self._homes.pop(one, None)
            if concept is None:
                del self._concepts[key]
        for concept in filter(None, concepts.values()):
            self._own(concept)

    def _own(self, concept: Concept) -> None:
        self._concepts[concept.id] = concept
        self._homes |= dict.fromkeys(concept.merged, concept.id)


@dataclass(frozen=True, slots=True)
class LinkedText:
    """A text with names and what they mean: (start, end, id), the id None for what is in no knowledge base."""

    text: str
    mentions: Sequence[tuple[int, int, str | None]]


def from_mentions(texts: Iterable[LinkedText]) -> KnowledgeBase:
    """A knowledge base of what labelled names mean: the most frequent name of an id first, the others as aliases."""
    names: dict[str, Counter[str]] = {}
    for one in texts:
        for start, end, name in one.mentions:
            if name is not None:
                names.setdefault(name, Counter())[one.text[start:end]] += 1
    return KnowledgeBase(
        Concept(name, *_first_and_others(counts), count=float(counts.total())) for name, counts in names.items()
    )


def _first_and_others(counts: Counter[str]) -> tuple[str, tuple[str, ...]]:
    first, *others = (text for text, _ in counts.most_common())
    return first, tuple(others)


def _parsed(text: str) -> Iterator[Concept]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield Concept.of(json.loads(line))
        except (ValueError, TypeError, InvalidInput) as error:
            hint = 'A line is a JSON object such as {"id": "Q64", "name": "Berlin"}.'
            raise InvalidInput(f"Line {number} is no concept: {error}", hint=hint) from error


def _plain(concept: Concept) -> dict[str, Any]:
    return {key: value for key, value in asdict(concept).items() if value or key in ("id", "name")}
