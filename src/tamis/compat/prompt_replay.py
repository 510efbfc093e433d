"""Whole calls of the `llmlingua` package 0.2.2, replayed: with its faults, so that published outputs can be compared.

What it does before the token level (see `replay` for that):

- instruction and question are never thinned, but charged; the target may fall below 0, and 100 takes its place where
  documents are chosen;
- documents are taken until the target, widened by `context_budget`, is exceeded, the last one too;
- in structured prompts text that holds a "<" and text between tags is lost, and a rate of 0 is the rate of the call.

Rankers that are no language models are tamis's own: the package's BM25 and gzip order documents otherwise. No code of
the package is in here, and what it would run as Python is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tamis.compat.corrected import figures
from tamis.compat.options import TOKENIZER, LinguaCall, parse_budget
from tamis.compat.ratios import Tagged, segment_ratios, tagged_ratios
from tamis.compat.stages import PERPLEXITIES
from tamis.compat.token_replay import SEPARATOR, ReplayRule, prompt_of, replay
from tamis.core import Ints
from tamis.errors import InvalidInput
from tamis.models.causal import SURPRISAL, CausalLM
from tamis.models.causal.hf import TransformersLM
from tamis.prompt.documents.order import two_stage
from tamis.prompt.documents.rankers import Perplexity, reference_ranker
from tamis.prompt.documents.sections import Section
from tamis.text.counting import counter

_TAG = re.compile(r"<llmlingua\b([^<>]*)>([^<]+)</llmlingua>")
_LEAST = 100  # tokens for choosing documents where the target is negative
_NOT_REPLAYED: Mapping[str, str] = {
    "use_sentence_level_filter": "It fails there without data that it does not install.",
    "keep_split": "It means token 13, whatever that is.",
    "return_word_label": "It is of LLMLingua-2.",
}


@dataclass(frozen=True, eq=False)
class PackageReader:
    """A model as the package reads it.

    Attributes:
        model: without a token before a text where its tokenizer puts none there.
        special: tokens that the tokenizer puts around a text, which the package counts.
    """

    model: CausalLM
    special: int

    @staticmethod
    def of(model: CausalLM) -> PackageReader:
        """The reader of an open model."""
        if not isinstance(model, TransformersLM):
            return PackageReader(model, model.start().length)
        special = len(model.tokenizer.encode("").ids)
        return PackageReader(model if special else replace(model, begin=np.zeros(0, np.int64)), special)

    def length(self, text: str) -> int:
        """Tokens of a text, special ones included."""
        return len(self.model.cut([text])[0]) + self.special

    def mean(self, text: str) -> float:
        """Mean surprisal of a text; without a token before it the first token has none."""
        values = self.model.surprisals([text])[0].values[SURPRISAL]
        judged = values if self.special else values[1:]
        return float(judged.mean()) if judged.size else 0.0


def run(reader: PackageReader, call: LinguaCall) -> dict[str, Any]:
    """What the package returns.

    Raises:
        InvalidInput: what is not replayed: sentences, `keep_split`, tags together with a question or dynamic ratios.
    """
    for name, why in _NOT_REPLAYED.items():
        if name in call.changed:
            raise InvalidInput(f"{name} is not replayed. {why}", hint="Leave reference_compat out.")
    documents = segmented(call)
    texts = ["".join(part.text for part in document) for document in documents]
    sizes = [reader.length(text) for text in texts]
    target = _target(reader, call, sum(sizes))
    used, offsets = list(range(len(texts))), [0.0] * len(texts)
    if len(texts) > 1 and call.use_context_level_filter:
        used, offsets = documents_of(reader, call, documents, sizes, target)
    body = _thinned(reader, call, [documents[n] for n in used], offsets, target)
    question = call.question if call.concate_question else ""
    text = SEPARATOR.join(part for part in (call.instruction, body if body.strip() else "", question) if part)
    count = counter(TOKENIZER)
    before = count(SEPARATOR.join([call.instruction, *texts, call.question]).strip())
    return {"compressed_prompt": text} | figures(before, count(text))


def segmented(call: LinguaCall) -> list[tuple[Section, ...]]:
    """The documents as the package cuts them: of tagged ones, what its pattern finds."""
    if not call.tagged:
        return call.documents
    texts = [call.context] if isinstance(call.context, str) else call.context
    return [_tag_sections(text, call.rate) for text in texts]


def _tag_sections(text: str, rate: float) -> tuple[Section, ...]:
    head = "" if text.startswith("<llmlingua") else "<llmlingua>"
    tail = "" if text.endswith("</llmlingua>") else "</llmlingua>"
    sections = []
    for settings, body in _TAG.findall(head + text + tail):
        share = re.search(r"rate\s*=\s*([\d.]+)", settings)
        stays = re.search(r"compress\s*=\s*False", settings) is not None
        own = min(1.0, float(share[1]) if share else 0.0) or rate
        sections.append(Section(body, 1.0 if stays else own, not stays))
    return tuple(sections)


def _target(reader: PackageReader, call: LinguaCall, context: int) -> float:
    """Tokens that the context is to keep, in the model's own."""
    if call.target_token != -1:
        return call.target_token
    instruction, question = reader.length(call.instruction), reader.length(call.question)
    around = instruction + (question if call.concate_question else 0)
    return (instruction + question + context) * call.rate - around


def documents_of(
    reader: PackageReader,
    call: LinguaCall,
    documents: Sequence[tuple[Section, ...]],
    sizes: Sequence[int],
    target: float,
) -> tuple[list[int], list[float]]:
    """The numbers of the documents that the package takes, as shown, and how much more each keeps than the target."""
    order = [number for number, _ in ranked(reader, call, ["".join(p.text for p in d) for d in documents])]
    whole = [n for n, d in enumerate(documents) if not all(p.compress for p in d)]
    forced = [*(call.force_context_ids or ()), *(whole if call.strict_preserve_uncompressed else ())]
    chosen = list(dict.fromkeys(forced))
    sign, number = parse_budget(call.context_budget)
    base = target if target >= 0 else _LEAST
    left = {"+": base + number, "-": base - number, "*": base * number, "/": base / (number or 1)}[sign]
    for n in order:
        left -= sizes[n]
        chosen += [n] if n not in chosen else []
        if left < 0 or call.force_context_number == 0:
            break
    final = {"original": sorted(chosen), "sort": chosen, "two_stage": two_stage(chosen)}[call.reorder_context]
    offset = dict(zip(chosen, offsets_of(len(chosen), call.dynamic_context_compression_ratio), strict=True))
    return list(final), [offset[n] for n in final]


def offsets_of(count: int, dynamic: float) -> list[float]:
    """From +dynamic for the best to -dynamic for the worst (LongLLMLingua, eq. 5, as the package has it)."""
    return [abs(dynamic) * (count - 1 - 2 * rank) / (count - 1) if count > 1 else 0.0 for rank in range(count)]


def ranked(reader: PackageReader, call: LinguaCall, texts: Sequence[str]) -> list[tuple[int, float]]:
    """Numbers and scores, the best first; scores of surprisal rankers are in nats, as the package gives them."""
    if call.rank_method in PERPLEXITIES:
        plain = call.condition == "none"
        if plain:
            scores = np.array([reader.mean(text) for text in texts])
        else:
            scores = Perplexity(reader.model, call.condition)(call.question, list(texts))
        order: Ints = np.argsort(-scores, kind="stable")
        return [(int(n), float(scores[n] if plain else -scores[n])) for n in order]
    scores = reference_ranker(call.rank_method)(call.question or None, list(texts))
    return [(int(n), 0.0) for n in np.argsort(-scores, kind="stable")]


def _thinned(
    reader: PackageReader,
    call: LinguaCall,
    documents: Sequence[tuple[Section, ...]],
    offsets: list[float],
    target: float,
) -> str:
    """The context without the tokens that the package drops."""
    texts = ["".join(part.text for part in document) for document in documents]
    if not call.use_token_level_filter:
        return SEPARATOR.join(texts)
    question = call.question if call.behind_question else ""
    if question and call.add_instruction:
        question = f"{question}{SEPARATOR}{call.instruction}"
    prompt = prompt_of(reader.model, texts, question=question)
    tagged = call.tagged or call.context_segs is not None
    if tagged and (prompt.prefix or any(offsets)):
        hint = "Leave the tags out, or the question and dynamic ratios, or reference_compat."
        raise InvalidInput("Tags together with a question in view or dynamic ratios are not replayed.", hint=hint)
    if tagged:
        parts = [[Tagged(len(p.text), p.rate or call.rate, p.compress) for p in d] for d in documents]
        ratios = tagged_ratios(prompt.ends, parts, size=call.iterative_size)
    else:
        ratios = segment_ratios(prompt.lengths, target, size=call.iterative_size, offsets=offsets)
    rule = ReplayRule(call.iterative_size, prompt.prefix, call.condition_compare)
    return prompt.rendered(replay(reader.model, prompt.ids, ratios, rule=rule))
