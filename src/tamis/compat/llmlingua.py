"""The `llmlingua` package's class, with tamis inside: change the import, keep the calls.

    from tamis.compat.llmlingua import PromptCompressor

    PromptCompressor().compress_prompt(documents, question="Who signed?", rate=0.3)["compressed_prompt"]

Names, order and defaults of parameters and the keys of results are the package's (0.2.2). Results are not: budgets
hold, protected text stays, short prompts are compressed too. docs/migrate.md lists what differs. With
`reference_compat=True` the perplexity methods keep, token for token, what the package keeps.

Left out, as they hand tensors of the package's own loop around: `iterative_compress_prompt`, `get_compressed_input`,
`get_estimate_threshold_base_distribution`, `token_segment`, `concate_segment_info`, `load_model`, `init_llmlingua2`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tamis.compat import corrected, prompt_replay
from tamis.compat.options import TOKENIZER, LinguaCall, say_ignored
from tamis.compat.stages import LinguaEngine
from tamis.compat.steps import Steps, given_of
from tamis.compat.tree import compress_tree
from tamis.errors import InvalidInput, TamisError
from tamis.prompt.compressor import compress_many
from tamis.prompt.recover import recover

CAUSAL, CLASSIFIER = "mini-lm", "mini"
INTENT = 0.5  # SecurityLingua's threshold
LEFT_OUT: Mapping[str, str] = {
    "iterative_compress_prompt": "use compress_prompt, or tamis.compat.token_replay for its arithmetic",
    "get_compressed_input": "use tamis.compat.token_replay",
    "get_estimate_threshold_base_distribution": "budgets are exact, without a threshold estimated beforehand",
    "token_segment": "use get_structured_dynamic_compression_ratio",
    "concate_segment_info": "use segment_structured_context",
    "load_model": "models load when they are first needed; see tamis.models.causal.load_causal",
    "init_llmlingua2": "pass use_llmlingua2=True",
}


class NotOffered(TamisError, AttributeError):
    """A method of the package that is not offered here; the message says what to use."""


class PromptCompressor(Steps):
    """Compresses prompts. Holds no state besides what it was made with; models load at the first call and are shared.

    Args:
        model_name: None for the embedded models: "mini-lm", or "mini" with `use_llmlingua2`. A folder, or a hub id,
            which is downloaded. (The package's default, a model of 13 GB, must be asked for by name.)
        device_map: any text. tamis takes a GPU where there is one, and the CPU where not.
        model_config: only `trust_remote_code` is looked at, and refused: no code that comes with a model is run.
        open_api_config: keys of services; here they come from the environment (`OPENAI_API_KEY`, ...).
        use_llmlingua2: judge words by a token classifier.
        use_slingua: the same for SecurityLingua: what the classifier of `model_name` gives 0.5 or more is kept,
            whatever the rate. It is the intention of a prompt: show it to the target model beside the whole prompt.
        llmlingua2_config: `max_batch_size`, `max_force_token`: neither limits anything here.
        reference_compat: replay the package's arithmetic, faults included (perplexity methods only).

    Raises:
        InvalidInput: options that exclude each other, or remote code.
    """

    def __init__(
        self,
        model_name: str | None = None,
        device_map: str = "cuda",
        model_config: Mapping[str, Any] | None = None,
        open_api_config: Mapping[str, Any] | None = None,
        use_llmlingua2: bool = False,
        use_slingua: bool = False,
        llmlingua2_config: Mapping[str, Any] | None = None,
        *,
        reference_compat: bool = False,
    ) -> None:
        classifier = use_llmlingua2 or use_slingua
        if not isinstance(device_map, str):
            raise InvalidInput(f"device_map must be a text, got {device_map!r:.60}.", hint='"auto" is enough.')
        if reference_compat and classifier:
            raise InvalidInput("reference_compat replays the perplexity methods only, not LLMLingua-2.")
        if use_slingua and model_name is None:
            hint = "Its weights are SecurityLingua/securitylingua-xlm-s2s on the hub: pass this name, or a folder."
            raise InvalidInput("use_slingua needs model_name: no such classifier is embedded.", hint=hint)
        _check_config(model_config or {})
        say_ignored(open_api_config or (), "keys of services come from the environment.")
        say_ignored(set(model_config or ()) - {"trust_remote_code"}, "models load by their own configuration.")
        name = model_name or (CLASSIFIER if classifier else CAUSAL)
        super().__init__(LinguaEngine(str(name), classifier, INTENT if use_slingua else None), replays=reference_compat)

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As `compress_prompt`."""
        return self.compress_prompt(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name in LEFT_OUT:
            raise NotOffered(f"PromptCompressor.{name} is not offered: {LEFT_OUT[name]}.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def compress_prompt(
        self,
        context: str | Sequence[str],
        instruction: str = "",
        question: str = "",
        rate: float = 0.5,
        target_token: float = -1,
        iterative_size: int = 200,
        force_context_ids: Sequence[int] | None = None,
        force_context_number: int | None = None,
        use_sentence_level_filter: bool = False,
        use_context_level_filter: bool = True,
        use_token_level_filter: bool = True,
        keep_split: bool = False,
        keep_first_sentence: int = 0,
        keep_last_sentence: int = 0,
        keep_sentence_number: int = 0,
        high_priority_bonus: int = 100,
        context_budget: str = "+100",
        token_budget_ratio: float = 1.4,
        condition_in_question: str = "none",
        reorder_context: str = "original",
        dynamic_context_compression_ratio: float = 0.0,
        condition_compare: bool = False,
        add_instruction: bool = False,
        rank_method: str = "llmlingua",
        concate_question: bool = True,
        context_segs: Sequence[Sequence[str]] | None = None,
        context_segs_rate: Sequence[Sequence[float]] | None = None,
        context_segs_compress: Sequence[Sequence[bool]] | None = None,
        target_context: int = -1,
        context_level_rate: float = 1.0,
        context_level_target_token: int = -1,
        return_word_label: bool = False,
        word_sep: str = "\t\t|\t\t",
        label_sep: str = " ",
        token_to_word: str = "mean",
        force_tokens: Sequence[str] = (),
        force_reserve_digit: bool = False,
        drop_consecutive: bool = False,
        chunk_end_tokens: Sequence[str] = (".", "\n"),
        strict_preserve_uncompressed: bool = True,
        *,
        ratio: float | None = None,
    ) -> dict[str, Any]:
        """A prompt of instruction, documents and question, shortened to a rate or a number of tokens.

        `rate` is the share of all tokens to keep at most, instruction and question included; `target_token` is a number
        in its place. `force_context_number` keeps exactly so many documents. `keep_first_sentence` and its like name
        sentences of each document that stay whole. `context_budget` says how much more than the target whole documents
        may hold: "+100", "*1.3", "-50", "/2". What cannot be put to use is said by a warning, `IgnoredOption`.

        Returns:
            compressed_prompt, origin_tokens, compressed_tokens, ratio ("2.0x"), rate ("50.0%"), and saving: the
            package's sentence, dollars at $0.06 for a thousand tokens, which no model costs today. With LLMLingua-2
            also compressed_prompt_list, a text for each document; with `return_word_label` fn_labeled_original_prompt.

        Raises:
            InvalidInput: an argument that cannot be used.
            BudgetTooSmall: what must stay does not fit.
        """
        return self._run(LinguaCall.of(given_of(locals()) | _refused(ratio)))

    def structured_compress_prompt(
        self,
        context: str | Sequence[str],
        instruction: str = "",
        question: str = "",
        rate: float = 0.5,
        target_token: float = -1,
        iterative_size: int = 200,
        force_context_ids: Sequence[int] | None = None,
        force_context_number: int | None = None,
        use_sentence_level_filter: bool = False,
        use_context_level_filter: bool = True,
        use_token_level_filter: bool = True,
        keep_split: bool = False,
        keep_first_sentence: int = 0,
        keep_last_sentence: int = 0,
        keep_sentence_number: int = 0,
        high_priority_bonus: int = 100,
        context_budget: str = "+100",
        token_budget_ratio: float = 1.4,
        condition_in_question: str = "none",
        reorder_context: str = "original",
        dynamic_context_compression_ratio: float = 0.0,
        condition_compare: bool = False,
        add_instruction: bool = False,
        rank_method: str = "llmlingua",
        concate_question: bool = True,
        strict_preserve_uncompressed: bool = True,
    ) -> dict[str, Any]:
        """As `compress_prompt`, for documents with tags: `<llmlingua, rate=0.3>...</llmlingua>`, `compress=False`.

        Works with LLMLingua-2 too. Text may hold "<", text between tags stays under the rate of the call, and rate=0
        deletes.
        """
        return self._run(LinguaCall.of(given_of(locals()), tagged=True))

    def compress_prompt_llmlingua2(
        self,
        context: str | Sequence[str],
        rate: float = 0.5,
        target_token: float = -1,
        use_context_level_filter: bool = False,
        use_token_level_filter: bool = True,
        target_context: int = -1,
        context_level_rate: float = 1.0,
        context_level_target_token: int = -1,
        force_context_ids: Sequence[int] = (),
        return_word_label: bool = False,
        word_sep: str = "\t\t|\t\t",
        label_sep: str = " ",
        token_to_word: str = "mean",
        force_tokens: Sequence[str] = (),
        force_reserve_digit: bool = False,
        drop_consecutive: bool = False,
        chunk_end_tokens: Sequence[str] = (".", "\n"),
    ) -> dict[str, Any]:
        """As `compress_prompt` of a compressor with `use_llmlingua2`.

        Raises:
            InvalidInput: a compressor without.
        """
        if not self._engine.classifier:
            raise InvalidInput("This compressor has no classifier.", hint="Make it with use_llmlingua2=True.")
        return self._run(LinguaCall.of(given_of(locals())))

    def compress_json(
        self,
        json_data: Any,
        json_config: str | Path | Mapping[str, Any] | None = None,
        instruction: str = "",
        question: str = "",
        rate: float = 0.5,
        target_token: float = -1,
        iterative_size: int = 200,
        use_sentence_level_filter: bool = False,
        use_keyvalue_level_filter: bool = False,
        use_token_level_filter: bool = True,
        keep_split: bool = False,
        keep_first_sentence: int = 0,
        keep_last_sentence: int = 0,
        keep_sentence_number: int = 0,
        high_priority_bonus: int = 100,
        context_budget: str = "+100",
        token_budget_ratio: float = 1.4,
        condition_in_question: str = "none",
        reorder_keyvalue: str = "original",
        condition_compare: bool = False,
        rank_method: str = "llmlingua",
    ) -> dict[str, Any]:
        """A JSON tree of the same shape, its strings compressed, each to its own rate; numbers and keys stay.

        Raises:
            InvalidInput: what is no JSON, a configuration that does not match it, or a setting that would take keys
                out of it, put them in another order, or spend one budget over all strings: not offered yet.
        """
        arguments = given_of(locals())
        left_out = {"use_keyvalue_level_filter", "use_sentence_level_filter"} & {
            n for n, v in arguments.items() if v is True
        }
        left_out |= {"reorder_keyvalue"} if reorder_keyvalue != "original" else set()
        left_out |= {"target_token"} if target_token != -1 else set()
        if left_out or self._replays:
            names = ", ".join(sorted(left_out)) or "reference_compat"
            hint = "Give rates; the rest comes with the JSON engine."
            raise InvalidInput(f"compress_json does not offer {names} yet.", hint=hint)
        call = LinguaCall.of({"context": "", **arguments})
        say_ignored([n for n in ("instruction", "question") if arguments[n]], "strings are judged by themselves.")
        return compress_tree(json_data, json_config, call.rate, self._shorten)

    def _shorten(self, texts: list[str], rate: float) -> list[str]:
        method, model = self._engine.method, self._engine.model
        results = compress_many(texts, rate=rate, tokenizer=TOKENIZER, method=method, model=model)
        return [one.text for one in results]

    def _run(self, call: LinguaCall) -> dict[str, Any]:
        if self._replays:
            return prompt_replay.run(self._reader(), call)
        return corrected.run(self._engine, call)

    def recover(self, original_prompt: str, compressed_prompt: str, response: str) -> str:
        """The response, the dropped words of its quotations put back; `tamis.recover` also says where they stood."""
        return recover(original_prompt, compressed_prompt, response).text


def _refused(ratio: float | None) -> dict[str, Any]:
    if ratio is None:
        return {}
    rate = f"{1 - ratio:.4g}" if isinstance(ratio, (int, float)) and 0 <= ratio <= 1 else "0.25"
    hint = f"It was the share to drop in the package's first versions: say rate={rate}."
    raise InvalidInput(f"There is no ratio, got ratio={ratio!r}.", hint=hint)


def _check_config(config: Mapping[str, Any]) -> None:
    if config.get("trust_remote_code"):
        hint = "Use a model that transformers knows, or convert it; tamis.models.load takes trust_remote_code=True."
        raise InvalidInput("model_config asks for trust_remote_code, which is not offered here.", hint=hint)


__all__ = ["LEFT_OUT", "NotOffered", "PromptCompressor"]
