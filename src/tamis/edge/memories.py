"""Memories wired to tamis's own compression: keys without noise, passages shortened or left out for a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tamis.memory import Memory, WriteGuard

if TYPE_CHECKING:
    from tamis.memory.engine import Denoiser

KEY = 0.75  # share of the words of a key (SeCom, section 3.2: more than half helps at any number of units)


def open_memory(
    where: str,
    scope: str,
    *,
    denoise: bool = False,
    allow_secrets: bool = False,
    password: str | None = None,
    read_only: bool = False,
) -> Memory:
    """A memory as the command line opens it."""
    return Memory(
        where,
        scope=scope,
        guard=replace(WriteGuard(), secrets="allow") if allow_secrets else WriteGuard(),
        denoise=denoiser() if denoise else None,
        password=password,
        read_only=read_only,
    )


def denoiser(rate: float = KEY) -> Denoiser:
    """What makes keys: the words that matter, by the embedded encoder."""

    def keys(texts: Sequence[str]) -> Sequence[str]:
        from tamis.prompt import Options, compress_many

        bare = Options(form="bare")  # (a key is looked up, nobody reads it)
        return [result.text for result in compress_many(list(texts), rate=rate, options=bare)]

    return keys


def shortener(rate: float) -> Callable[[str, str], str]:
    """What shortens a passage for a question."""

    def shorter(text: str, question: str) -> str:
        from tamis.prompt import compress

        return compress(text, rate=rate, question=question).text

    return shorter


def sieve(minimum: float) -> Callable[[str, Sequence[str]], list[bool]]:
    """What says which passages hold an answer with at least that chance."""

    def relevant(question: str, passages: Sequence[str]) -> list[bool]:
        from tamis.prompt.documents.rankers import rank

        chances = rank(question, list(passages)).relevance
        assert chances is not None  # (the ranker "auto" judges)
        return [chance >= minimum for chance in chances.tolist()]

    return relevant
