"""How a context, its questions and their answers are put to a model: as plain text, or in its chat template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tamis.errors import InvalidInput, unknown

LAYOUTS = ("auto", "plain", "chat")
MARKS = ("\u2983context\u2984", "\u2983one\u2984", "\u2983answer\u2984", "\u2983two\u2984")  # no text has them


@dataclass(frozen=True, slots=True)
class Layout:
    """The pieces between context, question and answer.

    A session reads: opening, context, first, question, then, answer, after, question, then, answer, ...

    Attributes:
        opening: before the context.
        first: between the context and the first question.
        then: between a question and its answer.
        lead: before a golden answer that is put into the history.
        after: between an answer and the next question.
        special: whether the tokenizer puts its own first tokens before the opening.
    """

    opening: str
    first: str
    then: str
    lead: str
    after: str
    special: bool

    def asked(self, query: str, *, first: bool) -> str:
        """What is read to ask a question, behind the context or behind the answer before."""
        return f"{self.first if first else self.after}{query}{self.then}"


PLAIN = Layout("", "\nQuestion: ", "\nAnswer:", " ", "\nQuestion: ", special=True)


def layout_of(tokenizer: Any, layout: str = "auto") -> Layout:
    """The layout of that name; auto = the chat template where the tokenizer has one.

    Raises:
        UnknownName: there is none of that name.
        InvalidInput: chat, but the tokenizer has no template, or one that does not give the texts back.
    """
    if layout not in LAYOUTS:
        raise unknown("layout", layout, LAYOUTS)
    has = bool(getattr(tokenizer, "chat_template", None))
    if layout == "chat" and not has:
        raise InvalidInput("The tokenizer has no chat template.", hint="Take the plain layout.")
    return _chat(tokenizer) if layout == "chat" or (layout == "auto" and has) else PLAIN


def _chat(tokenizer: Any) -> Layout:
    context, one, answer, two = MARKS
    talk = [
        {"role": "user", "content": f"{context}\n\n{one}"},
        {"role": "assistant", "content": answer},
        {"role": "user", "content": two},
    ]
    text: str = tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
    question: str = tokenizer.apply_chat_template(talk[:1], tokenize=False, add_generation_prompt=True)
    if any(text.count(mark) != 1 for mark in MARKS) or question.count(one) != 1:
        raise InvalidInput("The chat template does not give texts back as they are.", hint="Take the plain layout.")
    opening, rest = text.split(context)
    first, rest = rest.split(one)
    after = rest.split(answer)[1].split(two)[0]
    return Layout(opening, first, question.split(one)[1], "", after, special=False)
