"""`compress_messages`: a chat shortened message by message, so that a longer one begins like the shorter."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tamis.errors import InvalidInput
from tamis.prompt.chats.fold import Fold
from tamis.prompt.chats.policy import Policy, Shortening, check_budget, check_policy
from tamis.prompt.chats.result import Messages
from tamis.prompt.methods.protocol import Method, Scorer
from tamis.prompt.options import Options
from tamis.prompt.recovery import Originals, open_originals
from tamis.prompt.task import task_of
from tamis.text.counting import TokenCounter, counter
from tamis.text.messages import Path, with_texts


def compress_messages(  # noqa: PLR0913  (the public face: each is a thing that users set)
    messages: Sequence[Any],
    *,
    rate: float | None = None,
    tokens: int | None = None,
    limit: int | None = None,
    question: str | None = None,
    policy: Policy | None = None,
    store: Originals | str | os.PathLike[str] | None = None,
    on_risk: str | None = "keep",
    after: Messages | None = None,
    tokenizer: str | TokenCounter = "o200k_base",
    method: str | Method | Scorer = "auto",
    model: str | None = None,
    options: Options | None = None,
    style: str | None = None,
) -> Messages:
    """Shorten the texts of a chat, mostly the results of tools, each once: when it arrives, by what was asked then.

    What comes of a message depends on the messages up to it and on nothing later, so the short messages of the next
    turn begin with exactly these, and a provider's prompt cache goes on. Roles, ids, calls, images, thoughts and
    `cache_control` are untouched; the list that is given is not changed.

    Args:
        messages: a list as OpenAI (chat or responses) or Anthropic take it, of mappings or of the clients' objects.
            What has no shape that is known stays as it is.
        rate: the share of the tokens that a shortened text keeps at most (0.3).
        tokens: in place of a rate, how many tokens each keeps at most.
        limit: the tokens that the whole chat has at most; where it is passed, older results are left out down to half
            of it (`Messages.cuts` says where), so that this happens rarely.
        question: what all texts are shortened by; None = the user's last words, the assistant's and the call, as they
            were when the text arrived.
        policy: which texts are shortened.
        store: where originals are kept before anything points to them (`open_originals`, or a place); None = nowhere,
            and what is left out is only said.
        on_risk: what to do with a shortened text that says something else than before: "keep" it whole (after a try
            with whole sentences), "warn", "raise"; None does not look.
        after: what an earlier call gave for the beginning of this chat: it stands, whatever has changed since (a store
            that is full now, another version).
        tokenizer: as for `tamis.compress`, as are the following.
        method: what scores.
        model: of the method.
        options: the knobs that few need; by default the kind of each text is looked up in it.
        style: what the short texts are made of.

    Raises:
        InvalidInput: no list, or a setting that cannot be used.
        BudgetTooSmall: the limit does not hold what may not be left out.
        RiskyResult: with on_risk="raise".
        StoreError: the store cannot be opened; one that cannot be written to only leaves texts whole.

    Example: compress_messages(chat, rate=0.3).messages
    """
    items = _checked(messages)
    own = isinstance(store, (str, os.PathLike))
    originals = open_originals(store) if isinstance(store, (str, os.PathLike)) else store
    share = check_budget(rate, tokens, limit, on_risk)
    checks = {"method": method, "model": model, "options": options, "style": style, "question": question}
    task_of(rate=0.5, tokenizer=tokenizer, **checks)  # type: ignore[arg-type]  # (refuses what cannot be used)
    policy = policy or Policy()
    check_policy(policy)
    settings = (method, model, options or Options(), style, question, on_risk, limit)
    how = Shortening(share, tokens, counter(tokenizer), *settings)
    try:
        return _folded(items, _begun(items, after, Fold(policy, how, originals)))
    finally:
        if own and originals is not None:
            originals.close()


def _checked(messages: object) -> list[Any]:
    if isinstance(messages, (str, bytes, dict)) or not isinstance(messages, (list, tuple)):
        hint = "Give the list that you would send, such as [{'role': 'user', 'content': '...'}]."
        raise InvalidInput(f"A chat is a list of messages, got {type(messages).__name__}.", hint=hint)
    return list(messages)


def _begun(items: list[Any], after: Messages | None, fresh: Fold) -> tuple[Fold, int]:
    """The state to go on from, and how many messages it has read.

    Raises:
        InvalidInput: the chat does not begin with that of the earlier result.
    """
    if after is None:
        return fresh, 0
    if after.fold is None or after.source is None or items[: len(after.source)] != list(after.source):
        raise InvalidInput("The chat does not begin with that of `after`.", hint="Give the result of an earlier turn.")
    fold = after.fold.copy()
    fold.policy, fold.how, fold.store = fresh.policy, fresh.how, fresh.store
    fold.warnings = []
    return fold, len(after.source)


def _folded(items: list[Any], begun: tuple[Fold, int]) -> Messages:
    fold, start = begun
    for number in range(start, len(items)):
        fold.read(items[number], number)
    texts: dict[int, dict[Path, str]] = defaultdict(dict)
    for one in fold.placed:
        if one.text is not None:
            texts[one.slot.message][one.slot.path] = one.text
    short = [with_texts(message, texts.get(number, {})) for number, message in enumerate(items)]
    return Messages(
        short,
        tuple(one.decision for one in fold.placed),
        fold.total,
        fold.original,
        fold.how.count.name,
        tuple(fold.cuts),
        (*fold.warnings, *_unread(fold.unread)),
        source=tuple(with_texts(message, {}) for message in items),
        fold=fold,
    )


def _unread(numbers: Iterable[int]) -> list[str]:
    names = ", ".join(map(str, numbers))
    return [f"Messages of a shape that is not known stay as they are: {names}."] if names else []
