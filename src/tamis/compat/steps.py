"""The steps of the `llmlingua` package's class that can be called by themselves: surprisals, ranks, shares, budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tamis.compat import corrected, prompt_replay
from tamis.compat.options import CONDITIONS, TOKENIZER, LinguaCall
from tamis.compat.ratios import Ratios, Tagged, segment_ratios, tagged_ratios
from tamis.compat.stages import LinguaEngine, choose, ranker_of, whole_sentences
from tamis.compat.token_replay import prompt_of
from tamis.core import Floats
from tamis.errors import InvalidInput, unknown
from tamis.models.causal import SURPRISAL, CausalLM, load_causal
from tamis.prompt.documents.sections import Section, tagged_sections
from tamis.prompt.documents.source import source_of
from tamis.text.counting import counter

GRANULARITIES = ("sentence", "token")


class Steps:
    """The steps; `PromptCompressor` is made of them.

    Args:
        engine: what does the work.
        replays: whether to do as the package does, faults included.
    """

    def __init__(self, engine: LinguaEngine, *, replays: bool) -> None:
        self._engine, self._replays = engine, replays

    def _reader(self) -> prompt_replay.PackageReader:
        return prompt_replay.PackageReader.of(self._causal())

    def _causal(self) -> CausalLM:
        if self._engine.classifier:
            raise InvalidInput("LLMLingua-2 has no language model to ask.", hint="Leave use_llmlingua2 out.")
        return load_causal(self._engine.model)

    def get_ppl(
        self,
        text: str,
        granularity: str = "sentence",
        input_ids: None = None,
        attention_mask: None = None,
        past_key_values: None = None,
        return_kv: bool = False,
        end: int | None = None,
        condition_mode: str = "none",
        condition_pos_id: int = 0,
    ) -> float | Floats:
        """The mean surprisal of a text in nats a token, or with granularity "token" that of each, token i at place i.

        condition_mode -- "before" leaves the first `condition_pos_id` tokens only, "after" all behind them
        end -- tokens of the text that are read

        Raises:
            InvalidInput: tensors: contexts are read by `tamis.models.causal`.
        """
        if input_ids is not None or attention_mask is not None or past_key_values is not None or return_kv:
            hint = "Use start() and read() of tamis.models.causal.load_causal(...)."
            raise InvalidInput("get_ppl takes a text, no tensors, and returns no cache.", hint=hint)
        _check_condition(condition_mode, granularity)
        values = self._surprisals(text, None)[:end]
        cut = {"none": values, "before": values[:condition_pos_id], "after": values[condition_pos_id:]}
        return _mean_or_all(cut[condition_mode], granularity)

    def get_condition_ppl(
        self, text: str, question: str, condition_in_question: str = "none", granularity: str = "sentence"
    ) -> float | Floats:
        """Surprisals as of `get_ppl`: of the text ("none"), behind the question ("before"), or of the question."""
        _check_condition(condition_in_question, granularity)
        target, condition = (question, text) if condition_in_question == "after" else (text, question)
        values = self._surprisals(target, None if condition_in_question == "none" else condition)
        return _mean_or_all(values, granularity)

    def _surprisals(self, text: str, condition: str | None) -> Floats:
        reader = self._reader() if self._replays else None
        model = reader.model if reader else self._causal()
        (scores,) = model.surprisals([text], given=None if condition is None else [condition])
        values = scores.values[SURPRISAL]
        # (the package does not judge the first token where its tokenizer puts none before a text)
        return values[1:] if reader and not reader.special and condition is None else values

    def get_token_length(self, text: str, add_special_tokens: bool = True, use_oai_tokenizer: bool = False) -> int:
        """Tokens of a text: the language model's, with those put before it; or, always with LLMLingua-2, OpenAI's."""
        if use_oai_tokenizer or self._engine.classifier:
            return counter(TOKENIZER)(text)
        reader = self._reader()
        return reader.length(text) if add_special_tokens else reader.length(text) - reader.special

    def get_prefix_length(self, prefix: str, text: str) -> int:
        """How many tokens the prefix has where the text follows it."""
        (pieces,) = self._causal().cut([prefix + text])
        return int(np.count_nonzero(pieces.offsets[:, 1] <= len(prefix)))

    def get_rank_results(
        self,
        context: Sequence[str],
        question: str,
        rank_method: str,
        condition_in_question: str,
        context_tokens_length: Sequence[int] | None = None,
    ) -> list[tuple[int, float]]:
        """Numbers and scores of documents, the best first. Higher is better, whatever ranks; no score is thrown away.

        With `reference_compat` the scores are the package's: means of surprisals, and 0 of all other rankers.
        """
        call = LinguaCall.of({**given_of(locals()), "context": list(context)})
        if self._replays:
            return prompt_replay.ranked(self._reader(), call, list(context))
        scores = ranker_of(self._engine, rank_method, call.condition)(question or None, list(context))
        return [(int(n), float(scores[n])) for n in np.argsort(-scores, kind="stable")]

    def control_context_budget(
        self,
        context: Sequence[str],
        context_tokens_length: Sequence[int],
        target_token: float,
        force_context_ids: Sequence[int] | None = None,
        force_context_number: int | None = None,
        question: str = "",
        condition_in_question: str = "none",
        reorder_context: str = "original",
        dynamic_context_compression_ratio: float = 0.0,
        rank_method: str = "longllmlingua",
        context_budget: str = "+100",
        context_segs: Sequence[Sequence[str]] | None = None,
        context_segs_rate: Sequence[Sequence[float]] | None = None,
        context_segs_compress: Sequence[Sequence[bool]] | None = None,
        strict_preserve_uncompressed: bool = True,
    ) -> tuple[list[str], list[float], list[int]]:
        """The documents that stay, how much more each may keep than the average, and their numbers."""
        call = LinguaCall.of(given_of(locals()) | {"target_token": max(target_token, 0)})
        if self._replays:
            reader = self._reader()
            used, offsets = prompt_replay.documents_of(
                reader, call, call.documents, context_tokens_length, target_token
            )
            return [context[n] for n in used], offsets, used
        chosen = choose(self._engine, call, call.documents, room=target_token)
        best_first = np.argsort(np.argsort(-chosen.scores, kind="stable"), kind="stable").tolist()
        offsets = prompt_replay.offsets_of(len(chosen.order), dynamic_context_compression_ratio)
        return [context[n] for n in chosen.order], [offsets[rank] for rank in best_first], list(chosen.order)

    def control_sentence_budget(
        self,
        context: Sequence[str],
        target_token: float,
        keep_first_sentence: int = 0,
        keep_last_sentence: int = 0,
        keep_sentence_number: int = 0,
        high_priority_bonus: int = 100,
        token_budget_ratio: float = 1.4,
        question: str = "",
        condition_in_question: str = "none",
        rank_method: str = "longllmlingua",
        context_segs: Sequence[Sequence[str]] | None = None,
        context_segs_rate: Sequence[Sequence[float]] | None = None,
        context_segs_compress: Sequence[Sequence[bool]] | None = None,
    ) -> list[str]:
        """The documents with their best sentences, within `token_budget_ratio` times the target; those to keep stay."""
        by = {} if question.strip() else {"rank_method": "llmlingua"}
        call = LinguaCall.of({**given_of(locals()), "target_token": -1, "concate_question": False, **by})
        limit = max(0, int(target_token * token_budget_ratio))
        return whole_sentences(source_of(corrected.prompt_of(call, call.documents)), self._engine, call, limit=limit)

    def get_dynamic_compression_ratio(
        self,
        context: Sequence[str],
        target_token: float,
        iterative_size: int,
        dynamic_ratio: Sequence[float] | None,
        start: int = 0,
        seg_info: Sequence[Sequence[tuple[int, float, bool]]] | None = None,
    ) -> Ratios:
        """How much of each segment of documents the package wants to keep; for comparison, nothing here uses it.

        start -- other than 0: the first document is a question, and not counted
        """
        documents = list(context)[1:] if start else list(context)
        lengths = [self.get_token_length(text, add_special_tokens=False) for text in documents]
        return segment_ratios(lengths, target_token, size=iterative_size, offsets=dynamic_ratio)

    def get_structured_dynamic_compression_ratio(
        self,
        context: Sequence[str],
        iterative_size: int,
        dynamic_ratio: Sequence[float] | None,
        start: int = 0,
        seg_info: Sequence[Sequence[tuple[int, float, bool]]] | None = None,
    ) -> Ratios:
        """The same for tagged documents; `seg_info` holds length, rate and whether to compress of each stretch."""
        if start or any(dynamic_ratio or ()):
            raise InvalidInput("Tags go neither with a question in front nor with dynamic ratios.")
        documents = [[Tagged(*part) for part in parts] for parts in seg_info or ()]
        return tagged_ratios(prompt_of(self._causal(), list(context)).ends, documents, size=iterative_size)

    def segment_structured_context(
        self, context: Sequence[str], global_rate: float
    ) -> tuple[list[str], list[list[str]], list[list[float]], list[list[bool]]]:
        """Documents without their tags, and of each the stretches: texts, rates, and whether to compress them."""
        if not self._replays:
            documents = [tagged_sections(text) for text in context]
        else:
            documents = prompt_replay.segmented(
                LinguaCall.of({"context": list(context), "rate": global_rate}, tagged=True)
            )
        return (
            ["".join(s.text for s in d) for d in documents],
            [[s.text for s in d] for d in documents],
            [[_rate_of(s, global_rate) for s in d] for d in documents],
            [[s.compress for s in d] for d in documents],
        )


def given_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a method, from its `locals()`."""
    return {name: value for name, value in arguments.items() if name not in ("self", "ratio")}


def _rate_of(section: Section, rate: float) -> float:
    """What a section may keep, where `rate` is that of the call."""
    if not section.compress:
        return 1.0
    return rate if section.rate is None else section.rate


def _check_condition(condition: str, granularity: str) -> None:
    if condition not in CONDITIONS:
        raise unknown("condition", condition, CONDITIONS)
    if granularity not in GRANULARITIES:
        raise unknown("granularity", granularity, GRANULARITIES)


def _mean_or_all(values: Floats, granularity: str) -> float | Floats:
    if granularity == "token":
        return values
    return float(values.mean()) if values.size else 0.0
