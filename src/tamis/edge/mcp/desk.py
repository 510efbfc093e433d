"""What the tools do, without a protocol: texts in, answers with figures out. Opens stores when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from tamis.errors import InvalidBudget, InvalidInput, InvalidTurn, UnknownScope, UnreadableInput
from tamis.text.counting import counter

if TYPE_CHECKING:
    from tamis.memory import Memory
    from tamis.prompt.chats import Decision
    from tamis.prompt.recovery import Originals

TOKENIZER = "o200k_base"
RATE = 0.3
MOST = 10_000  # tokens that `retrieve` returns unless it is told otherwise


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool answers.

    Attributes:
        text: what a model reads.
        values: the same and its figures, as JSON values.
    """

    text: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Pointing:
    """A store whose notes say which tool brings lines back; all else is the store's own."""

    store: Originals

    def pointer(self, ident: str, lines: str = "") -> str:
        """The call of the tool."""
        return f'retrieve(id="{ident}"' + (f', lines="{lines}")' if lines else ")")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@dataclass(frozen=True)
class Desk:
    """The tools over one store of originals and one memory.

    Attributes:
        open_store, open_memory: how these are opened, at the first call that needs one.
        root: the folder whose files `read` may read; None for no files.
        on_risk: what to do with a shortened text that says something else than its source: "warn", "keep" it whole.
    """

    open_store: Callable[[], Originals]
    open_memory: Callable[[], Memory]
    root: Path | None = None
    on_risk: str = "warn"
    _lock: Lock = field(default_factory=Lock, repr=False)

    @cached_property
    def _store(self) -> Pointing:
        return Pointing(self.open_store())

    @cached_property
    def _memory(self) -> Memory:
        return self.open_memory()

    @property
    def store(self) -> Any:
        """The originals."""
        with self._lock:
            return self._store

    @property
    def memory(self) -> Memory:
        """The memory."""
        with self._lock:
            return self._memory

    def close(self) -> None:
        """Let go of what was opened."""
        for name in ("_store", "_memory"):
            if name in vars(self):
                vars(self)[name].close()

    def compress(
        self, text: str, question: str = "", rate: float = RATE, tokens: int = 0, kind: str = "auto"
    ) -> ToolAnswer:
        """A text, shortened; its original is kept before the note in it points there."""
        from tamis.prompt import Options
        from tamis.prompt.chats import Policy, compress_messages

        result = compress_messages(
            [{"role": "tool", "content": text}],
            rate=None if tokens else rate,
            tokens=tokens or None,
            question=question or None,
            policy=Policy(tool=0, floor=0, repeats=False),
            store=self.store,
            on_risk=self.on_risk,
            tokenizer=TOKENIZER,
            options=Options(form=kind),
        )
        warnings = [warning for warning in result.warnings if "Message" not in warning]
        return _shortened(result.messages[0]["content"], text, kind, (result.decisions[0], warnings))

    def read(
        self, path: str, question: str = "", rate: float = RATE, tokens: int = 0, kind: str = "auto"
    ) -> ToolAnswer:
        """A file below the root, shortened."""
        from tamis.io.files import read_text

        if self.root is None:
            raise InvalidInput("This server reads no files.", hint="Start it with --root FOLDER.")
        return self.compress(read_text(str(_below(self.root, path))), question, rate, tokens, kind)

    def retrieve(self, ident: str, lines: str = "", query: str = "", max_tokens: int = MOST) -> ToolAnswer:
        """An original, or some of its lines."""
        text = self.store.get(ident, lines=lines or None, query=query or None)
        count = counter(TOKENIZER)(text)
        total = text.count("\n") + (not text.endswith("\n") and bool(text))
        if count > max_tokens:
            hint = "Ask for lines, or with a query, or raise max_tokens."
            raise InvalidBudget(f"That is {total:,} lines, {count:,} tokens; max_tokens is {max_tokens:,}.", hint=hint)
        if not text:
            hint = "Ask for other lines, or in other words."
            raise InvalidInput(f"The original {ident} has nothing at {lines or query!r}.", hint=hint)
        return ToolAnswer(text, {"text": text, "id": ident, "lines": total, "tokens": count})

    def remember(self, text: str, speaker: str = "", session: str = "", time: str = "") -> ToolAnswer:
        """A turn, put into the memory."""
        if not text.strip():
            raise InvalidTurn(f"There is nothing to remember in {text!r:.40}.")
        turn = {"text": text, "speaker": speaker, "session": session} | ({"time": time} if time else {})
        added = self.memory.add([turn])
        skipped = [reason for _, reason in added.skipped]
        flags = sorted({flag for one in added.flags.values() for flag in one})
        told = f"Remembered as {added.ids[0]}." if added.ids else f"Not remembered: {'; '.join(skipped)}."
        told += f" ({', '.join(flags)})" if flags else ""
        return ToolAnswer(told, {"ids": list(added.ids), "skipped": skipped, "flags": flags})

    def recall(self, question: str, tokens: int = 1_000) -> ToolAnswer:
        """What answers a question, from the memory; nothing of a memory that is empty."""
        try:
            recall = self.memory.recall(question, tokens)
        except UnknownScope:
            return ToolAnswer("Nothing is remembered yet.", {"text": "", "tokens": 0, "relevance": 0.0, "passages": []})
        passages = [
            {"text": one.text, "session": one.session, "speakers": list(one.speakers), "turns": list(one.turn_ids)}
            | {"start": one.start.isoformat() if one.start else None, "score": round(one.score, 4)}
            for one in recall.passages
        ]
        values = {"text": recall.text, "tokens": recall.tokens, "relevance": round(float(recall.relevance), 4)}
        return ToolAnswer(recall.text or "Nothing that fits is remembered.", values | {"passages": passages})


def _shortened(short: str, text: str, kind: str, outcome: tuple[Decision, list[str]]) -> ToolAnswer:
    """What `compress` answers; what is to be minded stands at its end, where a model sees it."""
    from tamis.prompt.guards import RISKY
    from tamis.prompt.kinds.detection import parts

    decision, warnings = outcome
    changed = decision.action != "kept"
    if changed and (decision.risk or 0) >= RISKY:
        warnings = [*warnings, "The short text may say something else than the original: check what you rely on."]
    kinds = list(dict.fromkeys(part.name for part in parts(text))) if kind == "auto" else [kind]
    values = {
        "text": short,
        "tokens": decision.tokens,
        "original_tokens": decision.original_tokens,
        "tokenizer": TOKENIZER,
        "shortened": changed,
        "id": decision.id,
        "kinds": kinds,
        "reason": decision.reason,
        "risk": decision.risk,
        "warnings": warnings,
    }
    return ToolAnswer("\n".join((short, *(f"[! {warning}]" for warning in warnings))), values)


def _below(root: Path, path: str) -> Path:
    """The file that a path names, links followed, if it lies below the root."""
    base = root.resolve()
    try:
        file = (base / path).resolve()
    except (OSError, ValueError, RuntimeError) as error:  # (a NUL byte, a circle of links)
        raise UnreadableInput(f"{path!r:.200} is no file.", hint=f"{error}.") from error
    if not file.is_relative_to(base):
        raise UnreadableInput(f"{path!r:.200} is not below the folder of this server.", hint="Use a path in it.")
    if not file.is_file():
        raise UnreadableInput(f"There is no file {path!r:.200}.", hint="Paths are seen from the server's --root.")
    return file
