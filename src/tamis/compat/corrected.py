"""The calls of the `llmlingua` package, by the methods of tamis: documents first, then `tamis.compress`.

The budget is that of the whole prompt that comes out, counted as the package reports it, and is never exceeded.
Instruction and question stay as they are, as there. Does not load models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tamis.compat.options import CLASSIFIER_ONLY, PERPLEXITY_ONLY, TOKENIZER, Document, LinguaCall, say_ignored
from tamis.compat.stages import ChosenDocuments, LinguaEngine, choose, pinned_sentences, whole_sentences
from tamis.core import Bools, Floats, Ints
from tamis.errors import InvalidInput
from tamis.prompt.compressor import compress
from tamis.prompt.documents.sections import Prompt, Section
from tamis.prompt.documents.source import SEPARATOR, source_of
from tamis.prompt.options import Options, Surprisal
from tamis.prompt.result import Compression
from tamis.text.counting import counter
from tamis.text.render import join, pieces
from tamis.text.units import Units
from tamis.text.words import words

PRICE = 0.06 / 1000  # dollars a token: the package's figure, what GPT-4 took for a prompt in 2023


@dataclass(frozen=True, eq=False)
class Shortened:
    """A compressed prompt.

    Attributes:
        text: all of it.
        parts: what is left of each document of the context, as shown.
        units, mask: the words of what was judged, and which of them are kept.
    """

    text: str
    parts: list[str]
    units: Units
    mask: Bools


def run(engine: LinguaEngine, call: LinguaCall) -> dict[str, Any]:
    """What the package's `compress_prompt` returns.

    Raises:
        InvalidInput: an argument that cannot be used.
        BudgetTooSmall: what must stay does not fit: instruction and question, pinned sentences, forced words.
    """
    _warn(engine, call)
    documents, count = call.documents, counter(TOKENIZER)
    original = count(source_of(prompt_of(call, documents)).text)
    around = count(source_of(prompt_of(call, [])).text)
    limit = limit_of(call, documents, original, around)
    chosen = choose(engine, call, documents, room=limit - around)
    result = shortened(engine, call, [documents[number] for number in chosen.order], chosen, limit)
    return answer(result, call, original, listed=engine.classifier)


def _warn(engine: LinguaEngine, call: LinguaCall) -> None:
    names, other = (PERPLEXITY_ONLY, "LLMLingua-2") if engine.classifier else (CLASSIFIER_ONLY, "perplexity methods")
    say_ignored(call.changed & set(names), f"not used by {other}.")
    say_ignored(call.changed & {"chunk_end_tokens"}, "chunks end at sentences.")
    say_ignored(call.changed & {"high_priority_bonus"}, "sentences to keep are pinned, whatever the bonus.")
    if engine.threshold is not None:
        say_ignored(call.changed & {"rate", "target_token"}, f"what scores {engine.threshold} or more is kept.")
    if call.behind_question and not call.condition_compare and not engine.classifier:
        say_ignored(["condition_in_question"], "words are judged by the question with condition_compare=True only.")


def prompt_of(call: LinguaCall, documents: Sequence[Document]) -> Prompt:
    """Documents with the instruction before and the question behind them, both to stay whole."""
    question = call.question if call.concate_question else ""
    around = [Section(call.instruction, compress=False), Section(question, compress=False)]
    return Prompt([list(document) for document in documents], *around)


def limit_of(call: LinguaCall, documents: Sequence[Document], original: int, around: int) -> int:
    """Tokens that may come out: the target, or the rate of all; what has tags of its own counts by these.

    original, around -- tokens of the whole prompt, and of instruction and question by themselves
    """
    if call.target_token >= 0:
        return int(call.target_token)
    own = [s for document in documents for s in document if s.rate is not None or not s.compress]
    if not own:
        return int(call.rate * original + 1e-9)
    count = counter(TOKENIZER)
    parts = [(count(s.text), float(s.rate or 0.0) if s.compress else 1.0) for s in own] + [(around, 1.0)]
    free = max(0, original - sum(cost for cost, _ in parts))
    return int(call.rate * free + sum(cost * rate for cost, rate in parts) + 1e-9)


def shortened(
    engine: LinguaEngine, call: LinguaCall, documents: list[Document], chosen: ChosenDocuments, limit: int
) -> Shortened:
    """The prompt of the chosen documents within the limit: sentences go, or words, or neither."""
    source = source_of(prompt_of(call, documents))
    if call.use_token_level_filter:
        return _without_repeats(_by_words(engine, call, documents, chosen, limit), call)
    parts = [document.of(source.text) for document in source.documents]
    if call.use_sentence_level_filter and not engine.classifier:
        parts = whole_sentences(source, engine, call, limit=limit)
    contexts = [part for number, part in enumerate(parts) if source.role(number) == "context"]
    units = words(SEPARATOR.join(filter(None, parts)))
    return Shortened(units.text, contexts, units, np.ones(len(units), np.bool_))


def _by_words(
    engine: LinguaEngine, call: LinguaCall, documents: list[Document], chosen: ChosenDocuments, limit: int
) -> Compression:
    prompt = prompt_of(call, documents)
    question = call.question.strip() or None
    if question and call.add_instruction and call.condition_compare:
        question = f"{call.question}{SEPARATOR}{call.instruction}"
    return compress(
        prompt,
        tokens=limit if engine.threshold is None else None,
        threshold=engine.threshold,
        question=question,
        keep=[*pinned_sentences(source_of(prompt), engine, call), *forced_words(call)],
        tokenizer=TOKENIZER,
        method=engine.method,
        model=engine.model,
        options=_options(engine, call, chosen.scores),
    )


@dataclass(frozen=True)
class _FixedRanker:
    """A ranker that says what is known already."""

    scores: Floats

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        return self.scores


def _options(engine: LinguaEngine, call: LinguaCall, scores: Floats) -> Options:
    if engine.classifier:
        return Options(pool=call.token_to_word, dynamic=0.0, form="bare")
    knobs = Surprisal(
        segment=call.iterative_size,
        coarse=0.0,  # documents were chosen already
        sentences=call.token_budget_ratio if call.use_sentence_level_filter else 0.0,
        contrast=call.condition_compare,
    )
    spread = min(1.0, 2 * abs(call.dynamic_context_compression_ratio))
    return Options(pool=call.token_to_word, dynamic=spread, form="bare", ranker=_FixedRanker(scores), surprisal=knobs)


def forced_words(call: LinguaCall) -> list[re.Pattern[str]]:
    """Patterns of what must stay: the forced tokens as whole words, digits."""
    bare = [token.strip() for token in call.force_tokens]  # ("\n": line ends are the source's anyway)
    tokens = [_whole(token) for token in bare if token]
    return [*tokens, re.compile(r"\d")] if call.force_reserve_digit else tokens


def _whole(token: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if re.match(r"\w", token) else ""
    behind = r"(?!\w)" if re.search(r"\w\Z", token) else ""
    return re.compile(before + re.escape(token) + behind)


def _without_repeats(result: Compression, call: LinguaCall) -> Shortened:
    """With `drop_consecutive`, forced words that stand behind an equal one, with nothing kept between, go."""
    chosen = result.selection
    mask, starts, ends = chosen.mask, chosen.starts, chosen.ends
    if call.drop_consecutive and call.force_tokens:
        mask = _thinned(chosen.words, mask, call.force_tokens)
        if not np.array_equal(mask, chosen.mask):
            starts, ends = pieces(chosen.words, mask)
    spans = [d for d in result.documents if _is_context(call, d.number, len(result.documents))]
    parts = [_between(result.source, starts, ends, d.start, d.end) for d in spans]
    return Shortened(join(result.source, starts, ends), parts, chosen.words, mask)


def _thinned(units: Units, mask: Bools, forced: Sequence[str]) -> Bools:
    bodies = units.bodies()
    thinned: Bools = mask.copy()
    names, before = {token.strip() for token in forced}, ""
    for number in np.flatnonzero(mask).tolist():
        thinned[number] = bodies[number] != before or before not in names
        before = bodies[number]
    return thinned


def _is_context(call: LinguaCall, number: int, count: int) -> bool:
    first = bool(call.instruction.strip())
    last = count - bool(call.question.strip() and call.concate_question)
    return first <= number < last


def _between(text: str, starts: Ints, ends: Ints, start: int, end: int) -> str:
    """What is kept of the characters `start..end`."""
    begins, stops = np.clip(starts, start, end), np.clip(ends, start, end)
    return join(text, begins, stops)


def answer(result: Shortened, call: LinguaCall, original: int, *, listed: bool) -> dict[str, Any]:
    """The package's dictionary.

    original -- tokens of the prompt before
    listed -- whether the documents are given one by one too
    """
    reply: dict[str, Any] = {"compressed_prompt": result.text}
    if listed:
        reply["compressed_prompt_list"] = result.parts
    if call.return_word_label:
        reply["fn_labeled_original_prompt"] = labelled(result.units, result.mask, call.word_sep, call.label_sep)
    return reply | figures(original, counter(TOKENIZER)(result.text))


def figures(original: int, compressed: int) -> dict[str, Any]:
    """The package's figures about two numbers of tokens.

    Example: 200, 100 -> ratio "2.0x", rate "50.0%", saving ", Saving $0.0 in GPT-4."
    """
    ratio = 1.0 if original == compressed else original / compressed if compressed else float("inf")
    share = compressed / original if original else 1.0
    return {
        "origin_tokens": original,
        "compressed_tokens": compressed,
        "ratio": f"{ratio:.1f}x",
        "rate": f"{share:.1%}",
        "saving": f", Saving ${(original - compressed) * PRICE:.1f} in GPT-4.",
    }


def labelled(units: Units, mask: Bools, word_sep: str, label_sep: str) -> str:
    """Each word with 1 if it is kept and 0 if not.

    Raises:
        InvalidInput: a separator that stands in a word, so that nobody could take the result apart.
    """
    bodies = units.bodies()
    for separator in (word_sep, label_sep):
        if (clash := next((body for body in bodies if separator in body), None)) is not None:
            hint = "Choose word_sep and label_sep that no word contains, such as those with white space."
            raise InvalidInput(f"The separator {separator!r} stands in the word {clash!r:.60}.", hint=hint)
    return word_sep.join(f"{b}{label_sep}{int(k)}" for b, k in zip(bodies, mask.tolist(), strict=True))
