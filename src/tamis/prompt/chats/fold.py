"""A chat as a fold over its messages: what is decided about one depends on those before it, and on nothing else.

So the short messages of a longer chat begin with those of the shorter one, by construction. Two things look back: a
result that stands above in full becomes a reference to it, and where the limit is passed, older results are left out
at once down to half of it (a cut: one new prefix, then peace for as long as it took to get there).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tamis.errors import BudgetTooSmall, StoreError
from tamis.prompt.chats.note import Pointer, ids_in, noted
from tamis.prompt.chats.policy import SHARE, Policy, Shortening
from tamis.prompt.chats.question import clipped, form_by_call, question_of
from tamis.prompt.chats.repeats import reference
from tamis.prompt.chats.result import Decision
from tamis.prompt.chats.shorten import Wish, shortened
from tamis.prompt.guards import RISKY
from tamis.prompt.recovery.originals import Originals, original_id
from tamis.text.messages import Slot, ToolCall, known, other_texts, slots, tool_calls

CUT_TO = 0.5  # of the limit
SHORTER = 0.5  # of the tokens of what it stands for, that a reference may take


@dataclass(frozen=True, slots=True)
class Placed:
    """A text of the chat as it is sent now.

    Attributes:
        slot: where it is.
        text: the short one; None where it is as it was.
        decision: on it.
        whose: the number of the text that it refers to; -1 for none.
    """

    slot: Slot
    text: str | None
    decision: Decision
    whose: int = -1

    @property
    def full(self) -> bool:
        """Whether it is there as it was."""
        return self.text is None


@dataclass
class Fold:
    """The state of a chat after some messages.

    Attributes:
        placed: the texts so far.
        total, original: tokens of all that was read, short and as it was.
        cuts: numbers of the messages at which older ones were cut.
        warnings: so far.
    """

    policy: Policy
    how: Shortening
    store: Originals | None
    placed: list[Placed] = field(default_factory=list)
    total: int = 0
    original: int = 0
    cuts: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    calls: dict[str, ToolCall] = field(default_factory=dict)
    whole: dict[str, int] = field(default_factory=dict)
    known_short: set[str] = field(default_factory=set)
    last_of_call: dict[tuple[str, str], int] = field(default_factory=dict)
    filed: set[str] = field(default_factory=set)
    user: str = ""
    assistant: str = ""

    def copy(self) -> Fold:
        """Another one that goes on from here."""
        other = replace(self)
        for name, value in vars(self).items():
            if isinstance(value, (list, dict, set)):
                setattr(other, name, value.copy())
        return other

    def read(self, message: Any, number: int) -> None:
        """Take the next message in.

        Raises:
            BudgetTooSmall: the chat does not fit the limit, whatever may be left out.
            RiskyResult: a text says something else when it is shortened, and that is to be raised.
        """
        texts = slots(message, number)
        if not texts and not known(message):
            self.unread.append(number)
        rest = self.how.count(other_texts(message, frozenset(slot.path for slot in texts)))
        self.total += rest
        self.original += rest
        self._listen(message, texts, number)
        for slot in texts:
            self._place(slot)
        if self.how.limit is not None and self.total > self.how.limit:
            self._cut(number, self.how.limit)

    def _listen(self, message: Any, texts: list[Slot], number: int) -> None:
        """Note what is asked and called before its texts are looked at."""
        said = {role: "\n".join(slot.text for slot in texts if slot.role == role) for role in ("user", "assistant")}
        self.user = clipped(said["user"], 2_000) or self.user
        if any(slot.role == "user" for slot in texts):
            self.assistant = ""
        self.assistant = clipped(said["assistant"], 1_000) or self.assistant
        self.calls.update({call.id: call for call in tool_calls(message, number)})

    def _place(self, slot: Slot) -> None:
        """Decide about a text."""
        tokens = self.how.count(slot.text)
        self.original += tokens
        least = self.policy.least(slot.role)
        if least is None:
            self._keep(slot, tokens, f"texts of the {slot.role} are not shortened")
        elif tokens < least:
            self._keep(slot, tokens, f"it has fewer than {least} tokens")
        elif noted(slot.text):
            self._keep(slot, tokens, "it is shortened already")
        elif slot.error and not self.policy.errors:
            self._keep(slot, tokens, "it says that a call failed")
        elif not self._refer(slot, tokens) and not self._again(slot, tokens):
            self._shorten(slot, tokens)

    def _keep(self, slot: Slot, tokens: int, reason: str, risk: float | None = None) -> None:
        self._add(slot, None, tokens, tokens, "kept", reason, risk=risk)

    def _add(self, slot: Slot, text: str | None, *tokens: int | str, **more: Any) -> None:
        """Add a text: original tokens, tokens, action, reason, and what else a decision knows."""
        whose = more.pop("whose", -1)
        decision = Decision(slot.message, slot.path, slot.role, *tokens, **more)  # type: ignore[arg-type]
        self.placed.append(Placed(slot, text, decision, whose))
        self.total += decision.tokens
        if slot.role == "tool" and text is None and not noted(slot.text):
            self.whole[original_id(slot.text)] = len(self.placed) - 1
            self.last_of_call[self._signature(slot)] = len(self.placed) - 1
        if noted(slot.text):
            self.known_short.update(ids_in(slot.text))
        elif text is not None and whose < 0:
            self.known_short.add(original_id(slot.text))

    def _signature(self, slot: Slot) -> tuple[str, str]:
        call = self.calls.get(slot.call)
        return (call.name, call.arguments) if call else ("", slot.call)

    def _refer(self, slot: Slot, tokens: int) -> bool:
        """Refer to the same text, or nearly the same of the same call, where it stands above in full."""
        if slot.role != "tool" or not self.policy.repeats:
            return False
        for number in (self.whole.get(original_id(slot.text)), self.last_of_call.get(self._signature(slot))):
            if number is None or not self.placed[number].full:
                continue
            earlier = self.placed[number].slot
            text = reference(earlier.text, slot.text, self.calls.get(earlier.call), earlier.call)
            cost = self.how.count(text) if text is not None else tokens
            if text is not None and cost <= SHORTER * tokens and self.total + cost >= self.policy.floor:
                reason = f"it stands in message {earlier.message} already"
                self._add(slot, text, tokens, cost, "referred", reason, whose=number)
                return True
        return False

    def _again(self, slot: Slot, tokens: int) -> bool:
        """Keep a text whole that is read again after it was shortened: whoever asks twice wants the rest."""
        fits = self.how.limit is None or tokens <= self.how.limit // SHARE
        if slot.role != "tool" or not fits or original_id(slot.text) not in self.known_short:
            return False
        self._keep(slot, tokens, "it was shortened above, and is read again")
        return True

    def _shorten(self, slot: Slot, tokens: int) -> None:
        question = self._question(slot)
        form = form_by_call(slot.text, self.calls.get(slot.call))
        wish = Wish(question, slot.role, max(self.policy.floor - self.total, 0), form)
        short = shortened(slot.text, wish, self.how, self._pointer)
        if short.text is None:
            self._keep(slot, tokens, short.reason, short.risk)
            return
        try:
            ident = self._file(slot.text)
        except StoreError as error:
            self._keep(slot, tokens, f"its original could not be kept: {error}")
            self.warnings.append(f"Message {slot.message} is not shortened: {error}")
            return
        known_of_it = {"question": question, "id": ident, "risk": short.risk}
        self._add(slot, short.text, tokens, short.tokens, "shortened", short.reason, **known_of_it)
        if self.how.on_risk == "warn" and (short.risk or 0) >= RISKY:
            self.warnings.append(f"Message {slot.message}, shortened, says something else than before.")

    def _question(self, slot: Slot) -> str | None:
        if self.how.question is not None:
            return self.how.question
        if slot.role != "tool":
            return clipped(slot.text, 600)
        return question_of(self.user, self.assistant, self.calls.get(slot.call))

    @property
    def _pointer(self) -> Pointer | None:
        return self.store.pointer if self.store is not None else None

    def _file(self, text: str) -> str:
        """Write the original, before anything points to it; its id, or "" where there is no store."""
        if self.store is None:
            return ""
        filing = self.store.file(text, frozenset(self.filed))
        self.filed.add(filing.id)
        if filing.evicted:
            self.warnings.append(f"The store was full: {len(filing.evicted)} older originals made room.")
        return filing.id

    # the limit

    def _cut(self, message: int, limit: int) -> None:
        """Leave older results out, the oldest first, until half of the limit is free."""
        self.cuts.append(message)
        older = [n for n, one in enumerate(self.placed) if one.slot.role == "tool" and one.slot.message < message]
        newer = [n for n, one in enumerate(self.placed) if one.slot.role == "tool" and one.slot.message == message]
        for number in older:
            if self.total <= CUT_TO * limit:
                break
            self._leave_out(number, limit)
        for number in newer:
            if self.total > limit:
                self._leave_out(number, limit)
        if self.total > limit:
            message_text = f"The chat has {self.total:,} tokens with every result left out; the limit is {limit:,}."
            hint = "Raise the limit, or shorten more: policy=Policy(user=..., assistant=...)."
            raise BudgetTooSmall(message_text, limit=limit, needed=self.total, hint=hint)

    def _leave_out(self, number: int, limit: int) -> None:
        """Put a line in place of a result, and of those that refer to it."""
        for place in [number, *(n for n, one in enumerate(self.placed) if one.whose == number)]:
            self._stub(place, limit)

    def _stub(self, number: int, limit: int) -> None:
        one = self.placed[number]
        if one.decision.action == "cut":
            return
        try:
            ident = self._file(one.slot.text)
        except StoreError as error:
            self.warnings.append(f"Message {one.slot.message} is not left out: {error}")
            return
        where = f": {self.store.pointer(ident, '')}" if self.store is not None else ""
        text = f"[… left out to stay within {limit:,} tokens{where}]"
        cost = self.how.count(text)
        if cost >= one.decision.tokens:
            return
        self.total += cost - one.decision.tokens
        reason = f"to stay within {limit:,} tokens"
        decision = replace(one.decision, tokens=cost, action="cut", reason=reason, id=ident, risk=None)
        self.placed[number] = Placed(one.slot, text, decision)
