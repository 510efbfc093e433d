"""The search: every head is tried with patterns of equal cost, and gets the one that changes its output least.

Kernel-aware search of MInference (arXiv 2407.02490, section 3.2, algorithm 1), with the paper's criterion, the error of
the attention's output. It reads each text once with the model's own attention and looks on; nothing is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from tamis.attention.geometry import BLOCK
from tamis.attention.pattern_search.cost import CostModel
from tamis.attention.pattern_search.measure import losses
from tamis.attention.pattern_search.space import Candidate, Objective, candidates, check, search_space, spent
from tamis.attention.pattern_search.subject import Subject, own_tokenizer, text_digest
from tamis.attention.pattern_search.texts import Tokenizer, retrieval_texts, token_lists
from tamis.attention.patterns.configuration import Configuration, Head
from tamis.errors import InvalidInput, InvalidPlan, UnreadableInput, UnsupportedModel
from tamis.io.journal import ELSEWHERE, Journal, Row
from tamis.io.progress import Advance, reporting
from tamis.models.transformers.decoder import decoder_of
from tamis.models.transformers.fit import special, uneven, unfit, windowed
from tamis.models.transformers.hooks import Call, attending
from tamis.models.transformers.shape import weight_digest

STATE = {"schema": "tamis.attention.search", "version": 1}


@dataclass(frozen=True)
class SearchOptions:
    """What a search depends on beside its share.

    Attributes:
        tokenizer: of the model, where texts are strings or to be generated. If none is given, the one in the folder
            that the model was loaded from.
        tokens, texts: of the generated texts; at most so many tokens each.
        samples: queries of each text at which outputs are compared; one from each of as many equal stretches.
        seed: of the generated texts and the sampled queries.
        block: queries of a row and keys of a block.
        cost: what plans take; measured on this machine if not given, and then kept in the state.
    """

    tokenizer: Tokenizer | None = None
    tokens: int = 8192
    texts: int = 1
    samples: int = 64
    seed: int = 0
    block: int = BLOCK
    cost: CostModel | None = None

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise InvalidInput(f"{self.samples} samples.", hint="At least 1.")


def search(  # noqa: PLR0913  (model and texts, and keyword options)
    model: Any, texts: Any = None, *, share: float = 0.2, objective: Objective = "flops",
    state: str | Path | None = None, progress: bool | Advance = True, options: SearchOptions | None = None,
) -> Configuration:  # fmt: skip
    """The best pattern for each head at the same cost; the same again for the same arguments.

    With "seconds", costs are measured first unless `options` has some, and what is measured differs from run to run.

    Args:
        model: of a family whose attention goes through transformers' registry; in evaluation mode.
        texts: strings, lists of tokens, or a tensor (texts, tokens); key-value texts with a question if not given.
        share: of the cost of dense attention that each head may take.
        objective: what cost is: "flops", computed blocks; or "seconds", choosing included.
        state: a file that keeps what was measured, layer by layer: a search that was killed goes on there and repeats
            none of it. A text of which layers are missing is read again.
        progress: a bar on a terminal; or what to call with (done, in all, text and layer).
        options: everything else.

    Raises:
        InvalidInput: arguments that cannot be used; a state of another search.
        UnreadableInput: a damaged state.
        OutputError: a state that cannot be written.
        UnsupportedModel: no attention of the model can be looked at.
    """
    options = options or SearchOptions()
    subject = Subject.of(model)
    lists = _lists(model, texts, options)
    n = max(map(len, lists))
    check(share, n, objective, options.block)
    run = _run(model, lists, (share, objective), options)
    with Journal(None if state is None else Path(state), run=run) as journal:
        cost = _cost(journal, subject, options) if objective == "seconds" else None
        choices = candidates(share, n, objective=objective, cost=cost, block=options.block)
        work = _Work(model, subject.layers, choices, journal, options)
        with reporting(progress) as advance:
            for number, ids in enumerate(lists):
                work.read(number, ids, len(lists), advance)
    choice = _Choice(journal, len(lists), choices, subject.shape.heads, n, cost)
    layers = tuple(choice.of(layer) for layer in range(subject.layers))
    return Configuration(
        layers, subject.shape.kv_heads, options.block, share, objective, n, len(lists), options.samples, options.seed
    )


def _lists(model: Any, texts: Any, options: SearchOptions) -> list[list[int]]:
    """The texts as tokens; generated if there are none."""
    tokenizer = options.tokenizer
    if texts is None:
        tokenizer = own_tokenizer(model) if tokenizer is None else tokenizer
        return retrieval_texts(tokenizer, tokens=options.tokens, texts=options.texts, seed=options.seed)
    return token_lists(texts, tokenizer)


def _run(
    model: Any, lists: Sequence[Sequence[int]], goal: tuple[float, Objective], options: SearchOptions
) -> dict[str, Any]:
    """All that what is measured depends on: a state of another search is not taken for this one's."""
    run = {**STATE, "model": weight_digest(model), "texts": text_digest(lists), "space": search_space()}
    run |= {"share": goal[0], "objective": goal[1], "samples": options.samples}
    return run | {
        "seed": options.seed,
        "block": options.block,
        "cost": options.cost.to_json() if options.cost else None,
    }


def _cost(journal: Journal, subject: Subject, options: SearchOptions) -> CostModel:
    """What plans take: given, measured before, or measured now."""
    if options.cost is not None:
        return options.cost
    if "cost" not in journal.rows:
        shape = subject.shape
        cost = CostModel.measured(
            heads=shape.heads, kv_heads=shape.kv_heads, head_size=shape.head_size, dtype=subject.dtype,
            block=options.block,
        )  # fmt: skip
        journal.add("cost", {"cost": cost.to_json()})
    try:
        return CostModel.from_json(journal.rows["cost"]["cost"])
    except (KeyError, TypeError, InvalidPlan) as error:
        raise UnreadableInput(f"{str(journal.path)!r} has costs that are none.", hint=ELSEWHERE) from error


class _Work:
    """Reads texts and looks on, layer by layer."""

    def __init__(
        self, model: Any, layers: int, choices: Sequence[Candidate], journal: Journal, options: SearchOptions
    ) -> None:
        self.model, self.layers, self.choices = model, layers, choices
        self.journal, self.options = journal, options

    def read(self, number: int, ids: Sequence[int], texts: int, advance: Advance) -> None:
        """Measure the layers of one text that the journal does not have."""
        missing = {layer for layer in range(self.layers) if _key(number, layer) not in self.journal.rows}
        done = number * self.layers + self.layers - len(missing)
        advance(done, texts * self.layers, f"text {number + 1}")
        if not missing:
            return

        def watch(call: Call) -> None:
            if call.layer in missing:
                self.journal.add(_key(number, call.layer), self._measured(call, number))
                missing.remove(call.layer)
                done = (number + 1) * self.layers - len(missing)
                advance(done, texts * self.layers, f"text {number + 1}, layer {call.layer}")

        with attending(self.model, observe=watch), torch.inference_mode():
            decoder_of(self.model)(input_ids=torch.tensor([list(ids)], device=self.model.device), use_cache=False)
        if missing:
            raise UnsupportedModel(f"Layers {sorted(missing)} were not called.", hint="The model skips some layers.")

    def _measured(self, call: Call, number: int) -> dict[str, Any]:
        reason = unfit(call, (windowed, special, uneven))
        if reason:
            return {"dense": reason}
        measured = losses(
            call.query, call.key, call.value, self.choices,
            samples=self.options.samples, seed=self.options.seed + number, scale=call.scale,
        )  # fmt: skip
        return asdict(measured)


@dataclass(frozen=True)
class _Choice:
    journal: Journal
    texts: int
    choices: Sequence[Candidate]
    heads: int
    n: int
    cost: CostModel | None

    def of(self, layer: int) -> tuple[Head, ...]:
        """For each head of a layer the candidate with the least mean error; ties go to the earlier one."""
        rows = [self.journal.rows[_key(number, layer)] for number in range(self.texts)]
        if any("dense" in row for row in rows):
            return (Head("dense"),) * self.heads
        errors, densities = (_means([self._table(row, name) for row in rows]) for name in ("errors", "densities"))
        best = [min(range(len(self.choices)), key=lambda one: errors[one][head]) for head in range(self.heads)]
        return tuple(self._head(one, errors[one][head], densities[one][head]) for head, one in enumerate(best))

    def _head(self, number: int, error: float, density: float) -> Head:
        one = self.choices[number]
        return Head(one.name, one.arguments, error, spent(one, self.n, self.cost, density))

    def _table(self, row: Row, name: str) -> list[list[float]]:
        """(candidates, heads) numbers of a row."""
        try:
            table = [[float(x) for x in numbers] for numbers in row[name]]
        except (KeyError, TypeError, ValueError):
            table = []
        if [len(numbers) for numbers in table] != [self.heads] * len(self.choices):
            raise UnreadableInput(f"{str(self.journal.path)!r} has a row without its {name}.", hint=ELSEWHERE)
        return table


def _means(tables: Sequence[Sequence[Sequence[float]]]) -> list[list[float]]:
    """Entry by entry over tables of the same shape."""
    return [[fmean(entries) for entries in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]


def _key(number: int, layer: int) -> str:
    return f"text {number}, layer {layer}"
